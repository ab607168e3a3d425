@NullMarked
package dev.sluice.vrrp.simulation;

import org.jspecify.annotations.NullMarked;
