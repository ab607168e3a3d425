/** keepalived's command line: its options by GNU rules, and what they mean here. */
@NullMarked
package dev.sluice.cli.keepalived;

import org.jspecify.annotations.NullMarked;
