package dev.sluice.check;

import dev.sluice.config.model.VirtualServer;
import java.net.InetAddress;

/**
 * What identifies one checker: which service, which real server, and its place among the server's
 * checkers.
 */
public record CheckId(VirtualServer.Key service, InetAddress address, int port, int index) {}
