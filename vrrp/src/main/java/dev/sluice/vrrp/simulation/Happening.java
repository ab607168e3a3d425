package dev.sluice.vrrp.simulation;

import dev.sluice.vrrp.machine.EffectivePriority.Source;
import dev.sluice.vrrp.machine.InstanceSettings;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What befalls a cluster from outside. Routers and instances go by their index in the spec. */
public sealed interface Happening {

  /** The daemon starts; without effect while it runs. */
  record Started(int router) implements Happening {}

  /** The daemon is told to stop: it says that it leaves. */
  record Stopped(int router) implements Happening {}

  /** Power cut, SIGKILL: it says nothing. */
  record Killed(int router) implements Happening {}

  /** It stands still and keeps what arrives (SIGSTOP, a starved machine). */
  record Frozen(int router) implements Happening {}

  /** It goes on, and finds all that arrived meanwhile. */
  record Thawed(int router) implements Happening {}

  /**
   * Nothing gets through any more in this direction.
   *
   * @param link null: on no link
   */
  record Cut(int from, int to, @Nullable String link) implements Happening {}

  /** Ends one {@link Cut} of the same words. */
  record Mended(int from, int to, @Nullable String link) implements Happening {}

  /** An interface fails. */
  record InterfaceDown(int router, String device) implements Happening {}

  /** It works again. */
  record InterfaceUp(int router, String device) implements Happening {}

  /** A tracker adds this to the priority; 0: nothing. */
  record TermSet(int router, int instance, Source source, String name, int value)
      implements Happening {}

  /** Other settings for some instances of a running router; unknown names are left out. */
  record Reloaded(int router, List<InstanceSettings> settings) implements Happening {
    public Reloaded {
      settings = List.copyOf(settings);
    }
  }

  /** The network behaves like this from now on. */
  record NetworkIs(Conditions conditions) implements Happening {}

  /** A sentence about it: "a is killed". */
  default String words(ClusterSpec spec) {
    return switch (this) {
      case Started(int r) -> name(spec, r) + " starts";
      case Stopped(int r) -> name(spec, r) + " stops";
      case Killed(int r) -> name(spec, r) + " is killed";
      case Frozen(int r) -> name(spec, r) + " freezes";
      case Thawed(int r) -> name(spec, r) + " goes on";
      case Cut(int from, int to, String link) ->
          name(spec, to) + " no longer hears " + name(spec, from) + on(link);
      case Mended(int from, int to, String link) ->
          name(spec, to) + " hears " + name(spec, from) + " again" + on(link);
      case InterfaceDown(int r, String device) -> name(spec, r) + ": " + device + " fails";
      case InterfaceUp(int r, String device) -> name(spec, r) + ": " + device + " works again";
      case TermSet(int r, int instance, Source source, String name, int value) ->
          name(spec, r)
              + ": "
              + source.name().toLowerCase(Locale.ROOT)
              + " "
              + name
              + String.format(Locale.ROOT, " adds %+d to ", value)
              + spec.routers().get(r).instances().get(instance).settings().name();
      case Reloaded(int r, List<InstanceSettings> settings) ->
          name(spec, r)
              + " reloads "
              + String.join(", ", settings.stream().map(InstanceSettings::name).toList());
      case NetworkIs(Conditions c) ->
          String.format(
              Locale.ROOT,
              "the network loses %.0f %%, doubles %.0f %%, takes %.3f to %.3f ms",
              c.loss() * 100,
              c.duplication() * 100,
              c.minDelayNanos() / 1e6,
              c.maxDelayNanos() / 1e6);
    };
  }

  private static String name(ClusterSpec spec, int router) {
    return spec.routers().get(router).name();
  }

  private static String on(@Nullable String link) {
    return link == null ? "" : " on " + link;
  }
}
