package dev.sluice.check;

import org.jspecify.annotations.Nullable;

/**
 * What one try brought.
 *
 * @param passed whether it counts as a success
 * @param dynamicWeight the weight a {@code misc_dynamic} script asks for; null: none
 * @param evidence what came and what was expected, in words: "HTTP 503, expected 200-299"
 * @param connectNanos until the connection stood; -1: it never did, or there is none
 * @param firstByteNanos until the first byte of the answer; -1: none came
 * @param totalNanos until the verdict
 */
public record CheckOutcome(
    boolean passed,
    @Nullable Integer dynamicWeight,
    String evidence,
    long connectNanos,
    long firstByteNanos,
    long totalNanos) {}
