package dev.sluice.config.model;

import java.time.Duration;

/**
 * {@code vrrp_script}: a command whose exit status moves a priority or makes a fault.
 *
 * @param weight 0: failure is a FAULT; else added on success (positive) or on failure (negative)
 * @param reverse swaps success and failure
 * @param initFail counts as failed until the first success
 */
public record VrrpScript(
    String name,
    Script script,
    Duration interval,
    Duration timeout,
    int weight,
    boolean reverse,
    int rise,
    int fall,
    boolean initFail) {}
