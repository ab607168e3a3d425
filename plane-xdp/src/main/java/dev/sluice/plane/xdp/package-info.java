/** The eBPF forwarding plane, from Java's side. */
@NullMarked
package dev.sluice.plane.xdp;

import org.jspecify.annotations.NullMarked;
