/** The control socket: one JSON line each way over a unix stream socket. */
@NullMarked
package dev.sluice.core.control;

import org.jspecify.annotations.NullMarked;
