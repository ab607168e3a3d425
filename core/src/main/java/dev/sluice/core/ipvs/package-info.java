/** Services made by hand: what ipvsadm asks of the daemon. */
@NullMarked
package dev.sluice.core.ipvs;

import org.jspecify.annotations.NullMarked;
