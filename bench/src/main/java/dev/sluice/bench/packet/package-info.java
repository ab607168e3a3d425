/** What a packet costs in the forwarding programs. */
@NullMarked
package dev.sluice.bench.packet;

import org.jspecify.annotations.NullMarked;
