/** VRRP beside keepalived: outages, cost of many instances, punctuality, allocation. */
@NullMarked
package dev.sluice.bench.vrrp;

import org.jspecify.annotations.NullMarked;
