/** Which servers of a service take traffic: health, quorum, the sorry server. Pure. */
@NullMarked
package dev.sluice.lvs.pool;

import org.jspecify.annotations.NullMarked;
