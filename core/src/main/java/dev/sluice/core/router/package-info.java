/** From configured VRRP instances to the VRRP driver and its scripts. */
@NullMarked
package dev.sluice.core.router;

import org.jspecify.annotations.NullMarked;
