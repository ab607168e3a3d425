/** {@code sluice simulate}: a planned failure, played with the real configurations. */
@NullMarked
package dev.sluice.cli.simulate;

import org.jspecify.annotations.NullMarked;
