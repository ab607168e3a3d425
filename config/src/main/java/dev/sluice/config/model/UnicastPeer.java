package dev.sluice.config.model;

import java.net.InetAddress;

/**
 * A line of {@code unicast_peer}.
 *
 * @param minTtl 0 where not configured
 * @param maxTtl 255 where not configured
 */
public record UnicastPeer(InetAddress address, int minTtl, int maxTtl) {}
