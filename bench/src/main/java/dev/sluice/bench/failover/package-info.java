/** How long a client waits when the master goes. */
@NullMarked
package dev.sluice.bench.failover;

import org.jspecify.annotations.NullMarked;
