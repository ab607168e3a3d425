/**
 * The VRRP state machine and sync groups, without clock, socket or thread: (state, event, now) ->
 * (state, actions).
 */
@NullMarked
package dev.sluice.vrrp.machine;

import org.jspecify.annotations.NullMarked;
