/** Start, memory and the time of a command. */
@NullMarked
package dev.sluice.bench.start;

import org.jspecify.annotations.NullMarked;
