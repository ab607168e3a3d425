/** Health checks: what they cost beside HAProxy's. */
@NullMarked
package dev.sluice.bench.checks;

import org.jspecify.annotations.NullMarked;
