package dev.sluice.config.model;

/** {@code authentication}: what a version 2 advert carries beside the addresses. */
public sealed interface Authentication {
  /** No authentication. */
  record None() implements Authentication {}

  /** {@code auth_type PASS}: at most eight bytes, sent in clear. */
  record Pass(String password) implements Authentication {
    @Override
    public String toString() {
      return "Pass[********]";
    }
  }

  /** {@code auth_type AH}: HMAC-MD5-96 in an IPsec authentication header. */
  record Ah(String password) implements Authentication {
    @Override
    public String toString() {
      return "Ah[********]";
    }
  }
}
