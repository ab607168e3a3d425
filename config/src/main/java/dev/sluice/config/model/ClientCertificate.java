package dev.sluice.config.model;

import org.jspecify.annotations.Nullable;

/** {@code SSL}: what SSL_GET shows the server; null where nothing is written. */
public record ClientCertificate(
    @Nullable String password,
    @Nullable String authority,
    @Nullable String certificate,
    @Nullable String key) {
  @Override
  public String toString() {
    return "ClientCertificate[authority=" + authority + ", certificate=" + certificate + "]";
  }
}
