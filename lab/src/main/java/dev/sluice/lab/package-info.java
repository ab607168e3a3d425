/** Networks on one machine, out of namespaces. */
@NullMarked
package dev.sluice.lab;

import org.jspecify.annotations.NullMarked;
