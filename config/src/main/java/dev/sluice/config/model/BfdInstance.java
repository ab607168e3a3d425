package dev.sluice.config.model;

import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code bfd_instance}.
 *
 * @param source null: the kernel's choice
 * @param idleTx between packets while the session is not up
 * @param ttl of what is sent
 * @param maxHops that a received packet may have taken; 255: not checked
 * @param multihop port 4784 and not 3784
 * @param vrrp VRRP hears of it
 * @param checker checkers hear of it
 */
public record BfdInstance(
    String name,
    InetAddress neighbour,
    @Nullable InetAddress source,
    Duration minRx,
    Duration minTx,
    Duration idleTx,
    int multiplier,
    boolean passive,
    int ttl,
    int maxHops,
    boolean multihop,
    int weight,
    boolean reverse,
    boolean vrrp,
    boolean checker) {}
