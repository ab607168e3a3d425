/**
 * Telling others: notify scripts, pipes and mail, from what the journal says. Nothing here runs on
 * a protocol's thread, and nobody waits for it.
 */
@NullMarked
package dev.sluice.core.notify;

import org.jspecify.annotations.NullMarked;
