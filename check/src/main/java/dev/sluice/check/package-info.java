/** Health checks of real servers: pure checker states, one event loop. */
@NullMarked
package dev.sluice.check;

import org.jspecify.annotations.NullMarked;
