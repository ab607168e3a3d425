/**
 * System calls as typed Java. Every call that can fail throws {@link
 * dev.sluice.linux.SyscallException}, or answers {@code -errno} where that is an answer.
 */
@NullMarked
package dev.sluice.linux;

import org.jspecify.annotations.NullMarked;
