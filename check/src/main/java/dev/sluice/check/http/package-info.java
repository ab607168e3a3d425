/** The HTTP exchange of a check, without sockets and without time. */
@NullMarked
package dev.sluice.check.http;

import org.jspecify.annotations.NullMarked;
