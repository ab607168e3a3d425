/** How long a large configuration takes to read, and how much memory. */
@NullMarked
package dev.sluice.bench.config;

import org.jspecify.annotations.NullMarked;
