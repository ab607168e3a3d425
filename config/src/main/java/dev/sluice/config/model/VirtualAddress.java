package dev.sluice.config.model;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code virtual_ipaddress}.
 *
 * @param device null: the instance's interface
 * @param broadcast null: none
 * @param scope the kernel's number: 0 global, 200 site, 253 link, 254 host
 * @param tracked false with {@code no_track}: its removal by others is ignored
 */
public record VirtualAddress(
    InetAddress address,
    int prefixLength,
    @Nullable String device,
    @Nullable String label,
    @Nullable InetAddress broadcast,
    int scope,
    boolean noPrefixRoute,
    boolean tracked,
    AddressOptions options) {

  /** An address with nothing further written about it. */
  public VirtualAddress(
      InetAddress address,
      int prefixLength,
      @Nullable String device,
      @Nullable String label,
      @Nullable InetAddress broadcast,
      int scope,
      boolean noPrefixRoute,
      boolean tracked) {
    this(
        address,
        prefixLength,
        device,
        label,
        broadcast,
        scope,
        noPrefixRoute,
        tracked,
        AddressOptions.none());
  }
}
