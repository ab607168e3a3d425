package dev.sluice.vrrp.objects;

import dev.sluice.config.model.RouteSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done so that the kernel holds what is wanted: first what goes (rules, routes,
 * addresses: nothing may stand on what is gone), then what comes (addresses, routes, rules).
 *
 * @param go the objects as they are held
 * @param come the objects as they are wanted
 */
public record Difference(List<KernelObject> go, List<KernelObject> come) {
  public Difference {
    go = List.copyOf(go);
    come = List.copyOf(come);
  }

  /**
   * The difference in these keys. An object that shall look otherwise goes and comes, but for an
   * address of which only the lifetimes differ: it comes over what is there.
   *
   * @param wanted null: nobody wants it
   * @param held null: the kernel does not have it from us
   */
  public static Difference of(
      Collection<KernelObject.Key> keys,
      Function<KernelObject.Key, @Nullable KernelObject> wanted,
      Function<KernelObject.Key, @Nullable KernelObject> held) {
    List<List<KernelObject>> go = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    List<List<KernelObject>> come =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (KernelObject.Key key : keys) {
      KernelObject want = wanted.apply(key);
      KernelObject have = held.apply(key);
      if (have != null && (want == null || !alike(have, want))) {
        go.get(2 - layer(have)).add(have);
      }
      if (want != null && !want.equals(have)) {
        come.get(layer(want)).add(want);
      }
    }
    return new Difference(
        go.stream().flatMap(List::stream).toList(), come.stream().flatMap(List::stream).toList());
  }

  /** Whether nothing is to be done. */
  public boolean empty() {
    return go.isEmpty() && come.isEmpty();
  }

  private static int layer(KernelObject object) {
    return switch (object) {
      case KernelObject.Address _ -> 0;
      case KernelObject.Route _ -> 1;
      case KernelObject.Rule _ -> 2;
    };
  }

  /** Whether the kernel can make one of the other without a gap. */
  private static boolean alike(KernelObject a, KernelObject b) {
    return switch (a) {
      case KernelObject.Address(String _, var x)
          when b instanceof KernelObject.Address(String _, var y) ->
          Objects.equals(x.label(), y.label())
              && Objects.equals(x.broadcast(), y.broadcast())
              && x.scope() == y.scope()
              && x.noPrefixRoute() == y.noPrefixRoute()
              && x.options().home() == y.options().home()
              && x.options().manageTemporary() == y.options().manageTemporary()
              && x.options().autoJoin() == y.options().autoJoin()
              && x.options().peerPrefixLength() == y.options().peerPrefixLength();
      case KernelObject.Rule _ -> true; // the key is the whole rule
      case KernelObject.Route(var x) when b instanceof KernelObject.Route(var y) ->
          x.equals(y) || withoutTracking(x).equals(withoutTracking(y));
      case KernelObject.Address _, KernelObject.Route _ -> false;
    };
  }

  private static List<@Nullable Object> withoutTracking(RouteSpec r) {
    return Arrays.asList(
        r.type(), r.source(), r.nextHops(), r.protocol(), r.scope(), r.metrics(), r.insertion());
  }
}
