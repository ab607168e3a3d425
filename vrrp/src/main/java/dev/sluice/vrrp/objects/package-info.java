/** What instances want of the kernel: addresses, routes and rules, and what follows from that. */
@NullMarked
package dev.sluice.vrrp.objects;

import org.jspecify.annotations.NullMarked;
