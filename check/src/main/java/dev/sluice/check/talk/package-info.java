/** What servers of well-known protocols are asked and answer: bytes in, verdict out. */
@NullMarked
package dev.sluice.check.talk;

import org.jspecify.annotations.NullMarked;
