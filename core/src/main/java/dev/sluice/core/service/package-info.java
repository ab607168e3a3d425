/** From configured virtual servers to a forwarding plane: checks, pools, table. */
@NullMarked
package dev.sluice.core.service;

import org.jspecify.annotations.NullMarked;
