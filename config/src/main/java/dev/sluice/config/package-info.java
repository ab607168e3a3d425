/** Reading {@code keepalived.conf}: scanner, parser, keyword tables, diagnostics. */
@NullMarked
package dev.sluice.config;

import org.jspecify.annotations.NullMarked;
