/**
 * Schedulers as values: which real server gets the next connection. Each chooses exactly as the
 * kernel's IPVS does, given the same changes in the same order.
 */
@NullMarked
package dev.sluice.lvs.scheduler;

import org.jspecify.annotations.NullMarked;
