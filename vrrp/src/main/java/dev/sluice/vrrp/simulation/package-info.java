/**
 * A cluster of routers in memory: the true state machines on a made-up network, from a seed, as
 * fast as the machine computes. No socket, no thread, no clock.
 */
@NullMarked
package dev.sluice.vrrp.simulation;

import org.jspecify.annotations.NullMarked;
