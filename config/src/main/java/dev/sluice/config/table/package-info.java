/**
 * The keyword tables: one row per keyword, from which parser, explanations and documentation are
 * fed.
 */
@NullMarked
package dev.sluice.config.table;

import org.jspecify.annotations.NullMarked;
