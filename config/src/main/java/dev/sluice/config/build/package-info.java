/** From keyword values to the model: builders, corrections, cross checks. */
@NullMarked
package dev.sluice.config.build;

import org.jspecify.annotations.NullMarked;
