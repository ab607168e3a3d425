/**
 * Characters to words: files, includes, definitions, generators, quotes; every character knows its
 * place.
 */
@NullMarked
package dev.sluice.config.text;

import org.jspecify.annotations.NullMarked;
