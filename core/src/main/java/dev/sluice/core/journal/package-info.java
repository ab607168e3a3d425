/**
 * The journal: everything worth knowing is an event, appended once and read by the log, the notify
 * scripts and whoever else wants to know.
 */
@NullMarked
package dev.sluice.core.journal;

import org.jspecify.annotations.NullMarked;
