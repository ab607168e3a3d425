/** A real server's side of direct routing and tunnelling: the hidden VIP on lo. */
@NullMarked
package dev.sluice.cli.realserver;

import org.jspecify.annotations.NullMarked;
