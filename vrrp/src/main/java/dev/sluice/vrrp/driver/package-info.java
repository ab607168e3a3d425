/** The thin shell around the VRRP machine: one thread that owns sockets, timers and addresses. */
@NullMarked
package dev.sluice.vrrp.driver;

import org.jspecify.annotations.NullMarked;
