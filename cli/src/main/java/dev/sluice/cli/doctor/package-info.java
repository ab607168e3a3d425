/** What a machine lacks for a director: facts in, findings out. */
@NullMarked
package dev.sluice.cli.doctor;

import org.jspecify.annotations.NullMarked;
