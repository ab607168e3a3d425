/**
 * What a configuration says, with every default resolved: immutable records, compared by value, so
 * that "unchanged" at a reload is {@code equals}. Places in the text are kept beside, not inside.
 */
@NullMarked
package dev.sluice.config.model;

import org.jspecify.annotations.NullMarked;
