/** The log: lines for a terminal, for journald, for syslog; written by a thread of its own. */
@NullMarked
package dev.sluice.core.log;

import org.jspecify.annotations.NullMarked;
