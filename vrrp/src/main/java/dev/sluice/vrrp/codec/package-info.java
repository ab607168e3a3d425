/** VRRP packets and gratuitous ARP frames: bytes to values and back, nothing else. */
@NullMarked
package dev.sluice.vrrp.codec;

import org.jspecify.annotations.NullMarked;
