package dev.sluice.vrrp.driver;

import dev.sluice.config.model.HmacAuthentication;
import dev.sluice.config.model.VrrpInstance;
import dev.sluice.vrrp.VrrpDesired;
import dev.sluice.vrrp.codec.HmacKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of {@code auth_hmac}, read before the VRRP thread sees them: some lie in files. */
final class Secrets {
  private final Map<HmacAuthentication, List<HmacKey>> keys = new HashMap<>();
  private final Map<HmacAuthentication, String> faults = new HashMap<>();

  private Secrets() {}

  /** No keys. */
  static Secrets none() {
    return new Secrets();
  }

  /** Reads all keys of a configuration; not for the VRRP thread. */
  static Secrets read(VrrpDesired desired) {
    Secrets secrets = new Secrets();
    for (VrrpInstance instance : desired.instances()) {
      HmacAuthentication hmac = instance.options().hmac();
      if (hmac != null && !secrets.keys.containsKey(hmac)) {
        secrets.read(hmac);
      }
    }
    return secrets;
  }

  private void read(HmacAuthentication hmac) {
    List<HmacKey> made = new ArrayList<>();
    try {
      for (HmacAuthentication.Key key : hmac.keys()) {
        made.add(HmacKey.of(key.id(), key.material()));
      }
      keys.put(hmac, List.copyOf(made));
    } catch (IllegalArgumentException e) {
      faults.put(hmac, String.valueOf(e.getMessage()));
    }
  }

  /** The keys. */
  List<HmacKey> keys(HmacAuthentication hmac) {
    return keys.getOrDefault(hmac, List.of());
  }

  /** Why there are none, in a sentence; null: there are. */
  @Nullable String fault(HmacAuthentication hmac) {
    return faults.get(hmac);
  }
}
