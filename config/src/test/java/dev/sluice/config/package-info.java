/** Tests of the language. */
@NullMarked
package dev.sluice.config;

import org.jspecify.annotations.NullMarked;
