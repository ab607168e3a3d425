/** VRRP (RFC 2338, 3768, 5798, 9568): codec, pure state machine, driver. */
@NullMarked
package dev.sluice.vrrp;

import org.jspecify.annotations.NullMarked;
