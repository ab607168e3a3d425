package dev.sluice.config.build;

import dev.sluice.config.build.CheckerBuilder.Kind;
import dev.sluice.config.build.CheckerBuilder.UrlBuilder;
import dev.sluice.config.model.Checker;
import dev.sluice.config.model.FurtherChecker;
import dev.sluice.config.model.Regex;
import dev.sluice.config.model.Script;
import dev.sluice.config.table.Command;
import dev.sluice.config.table.Context;
import dev.sluice.config.table.Nearest;
import dev.sluice.config.text.At;
import dev.sluice.config.text.Diagnostics;
import dev.sluice.config.text.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Checkers after reading: what they inherit, what they lack. */
final class CheckerCompletion {
  private static final Duration DELAY_LOOP = Duration.ofMinutes(1);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final Plan plan;
  private final Diagnostics diagnostics;
  private final Scripts scripts;

  /** Neighbours mostly have the same one: kept once. */
  private Checker.@Nullable Pace lastPace;

  CheckerCompletion(Plan plan, Context context, Scripts scripts) {
    this.plan = plan;
    this.diagnostics = context.diagnostics();
    this.scripts = scripts;
  }

  /** What the checks of a real server are. */
  record Checkers(List<Checker> checkers, List<FurtherChecker> further) {}

  Checkers complete(VirtualServerBuilder b, RealServerBuilder r, int port, boolean alpha) {
    if (r.checkers.isEmpty()) {
      return new Checkers(List.of(), List.of());
    }
    List<Checker> checkers = new ArrayList<>(r.checkers.size());
    List<FurtherChecker> further = List.of();
    for (CheckerBuilder c : r.checkers) {
      Checker.Pace pace = pace(b, r, c, alpha);
      switch (c.kind) {
        case TCP -> checkers.add(new Checker.Tcp(connection(b, r, c, port), pace));
        case HTTP, SSL -> add(checkers, http(b, r, c, port, pace));
        case MISC -> add(checkers, misc(c, pace));
        case SMTP -> checkers.add(smtp(b, r, c, port, pace));
        case DNS, UDP, PING -> checkers.add(datagram(connection(b, r, c, port), c, pace));
        case FILE -> add(checkers, file(c, pace));
        case MYSQL, POSTGRESQL, REDIS, LDAP, MEMCACHED, SSH, GRPC ->
            add(checkers, greeting(b, r, c, port, pace));
        case BFD -> {
          if (further.isEmpty()) {
            further = new ArrayList<>();
          }
          add(further, bfd(c, pace));
        }
      }
    }
    return new Checkers(checkers, further);
  }

  private static <T> void add(List<T> to, @Nullable T checker) {
    if (checker != null) {
      to.add(checker);
    }
  }

  private static Checker smtp(
      VirtualServerBuilder b, RealServerBuilder r, CheckerBuilder c, int port, Checker.Pace pace) {
    CheckerBuilder.Details d = c.details();
    List<Checker.Connection> hosts = new ArrayList<>();
    for (CheckerBuilder host : d.hosts) {
      if (host.connectTimeout == null) {
        host.connectTimeout = c.connectTimeout;
      }
      hosts.add(connection(b, r, host, port));
    }
    if (hosts.isEmpty()) {
      hosts.add(connection(b, r, c, port));
    }
    return new Checker.Smtp(hosts, d.heloName, pace);
  }

  private static Checker datagram(
      Checker.Connection connection, CheckerBuilder c, Checker.Pace pace) {
    CheckerBuilder.Details d = c.details();
    if (c.kind == Kind.DNS) {
      return new Checker.Dns(connection, d.dnsType, d.dnsName, pace);
    }
    if (c.kind == Kind.PING) {
      return new Checker.Ping(connection, pace);
    }
    return new Checker.Udp(
        connection, d.payload, d.requireReply, d.reply, d.minReplyLength, d.maxReplyLength, pace);
  }

  private static @Nullable Checker greeting(
      VirtualServerBuilder b, RealServerBuilder r, CheckerBuilder c, int port, Checker.Pace pace) {
    CheckerBuilder.Details d = c.details();
    return c.kind.application == null
        ? null
        : new Checker.Greeting(
            c.kind.application,
            connection(b, r, c, port),
            d.tls,
            d.serverName,
            d.user,
            d.password,
            d.name,
            pace);
  }

  private @Nullable Checker file(CheckerBuilder c, Checker.Pace pace) {
    CheckerBuilder.Details d = c.details();
    TrackFileBuilder file =
        d.trackFile == null
            ? null
            : defined(d.trackFile, "track_file", plan.trackFiles.keySet())
                ? plan.trackFiles.get(d.trackFile.text())
                : null;
    if (file == null) {
      if (d.trackFile == null) {
        lacks(c.at, c.kind.keyword, "track_file");
      }
      return null;
    }
    file.used = true;
    if (file.file == null) {
      return null; // the track_file's own message says what it lacks
    }
    return new Checker.FileValue(
        file.name,
        file.file,
        d.weight != null ? d.weight : file.weight,
        d.weight != null ? d.reverse : file.reverse,
        pace);
  }

  private @Nullable FurtherChecker bfd(CheckerBuilder c, Checker.Pace pace) {
    CheckerBuilder.Details d = c.details();
    if (d.bfd == null) {
      lacks(c.at, c.kind.keyword, "name");
      return null;
    }
    BfdBuilder bfd = plan.bfds.get(d.bfd.text());
    if (bfd == null) {
      defined(d.bfd, "bfd_instance", plan.bfds.keySet());
      return null;
    }
    bfd.usedByChecker = true;
    return new FurtherChecker.Bfd(bfd.name, pace);
  }

  private boolean defined(Word name, String kind, Set<String> known) {
    if (known.contains(name.text())) {
      return true;
    }
    diagnostics.error(
        name.at(),
        "unknown-tracker",
        "there is no " + kind + " '" + name.text() + "'",
        "the check is left out",
        Nearest.of(name.text(), known)
            .map(near -> "did you mean '" + near + "'?")
            .orElse("define it above"));
    return false;
  }

  private void lacks(At at, String what, String keyword) {
    diagnostics.error(
        at, "no-" + keyword, what + " has no " + keyword, "the check is left out", keyword + " …");
  }

  private Checker.Pace pace(
      VirtualServerBuilder b, RealServerBuilder r, CheckerBuilder c, boolean alpha) {
    Duration loop = first(c.delayLoop, r.delayLoop, b.delayLoop, DELAY_LOOP);
    boolean http = c.kind == Kind.HTTP || c.kind == Kind.SSL;
    int retry =
        c.retry != null
            ? c.retry
            : r.retry != null
                ? r.retry
                : b.retry != null ? b.retry : c.kind == Kind.MISC ? 0 : c.kind == Kind.DNS ? 3 : 1;
    Duration delay =
        first(
            c.delayBeforeRetry,
            r.delayBeforeRetry,
            b.delayBeforeRetry,
            c.kind == Kind.DNS ? loop : Duration.ofSeconds(http ? 3 : 1));
    Checker.Pace pace =
        new Checker.Pace(
            loop,
            retry,
            delay,
            first(c.warmup, r.warmup, b.warmup, loop),
            c.alpha != null ? c.alpha : alpha,
            c.logAllFailures != null ? c.logAllFailures : plan.global.logAllFailures,
            RhythmBuilder.resolve(c.rhythm, r.rhythm, b.rhythm));
    Checker.Pace before = lastPace;
    if (before != null && pace.equals(before)) {
      return before;
    }
    lastPace = pace;
    return pace;
  }

  private static Duration first(
      @Nullable Duration a, @Nullable Duration b, @Nullable Duration c, Duration otherwise) {
    return a != null ? a : b != null ? b : c != null ? c : otherwise;
  }

  private static Checker.Connection connection(
      VirtualServerBuilder b, RealServerBuilder r, CheckerBuilder c, int port) {
    return new Checker.Connection(
        c.connectAddress != null ? c.connectAddress : r.address,
        c.connectPort != null ? c.connectPort : port,
        c.bindAddress,
        c.bindPort,
        c.bindInterface,
        c.fwmark,
        first(c.connectTimeout, r.connectTimeout, b.connectTimeout, CONNECT_TIMEOUT));
  }

  private @Nullable Checker http(
      VirtualServerBuilder b, RealServerBuilder r, CheckerBuilder c, int port, Checker.Pace pace) {
    CheckerBuilder.Details d = c.details();
    if (d.urls.isEmpty()) {
      lacks(c.at, c.kind.keyword, "url");
      return null;
    }
    List<Checker.Url> urls = new ArrayList<>();
    for (UrlBuilder u : d.urls) {
      BitSet codes = u.statusCodes;
      if (codes.isEmpty()) {
        codes = new BitSet();
        codes.set(200, 300);
      }
      Regex regex = regex(u);
      urls.add(
          new Checker.Url(
              u.path == null ? "/" : u.path,
              u.digest,
              codes,
              u.virtualHost,
              regex,
              u.tlsCompliant || d.tlsCompliant,
              ask(u)));
    }
    String host =
        d.virtualHost != null
            ? d.virtualHost
            : r.virtualHost != null ? r.virtualHost : b.virtualHost;
    return new Checker.Http(
        connection(b, r, c, port),
        pace,
        c.kind == Kind.SSL,
        d.sni || d.sniName != null,
        host,
        d.httpVersion,
        d.fastRecovery,
        urls,
        d.sniName,
        d.tlsCompliant);
  }

  private static Checker.@Nullable Ask ask(UrlBuilder u) {
    boolean plain =
        u.method.equals("GET")
            && u.headers.isEmpty()
            && u.body == null
            && u.contains == null
            && u.json == null
            && u.redirects == 0;
    return plain
        ? null
        : new Checker.Ask(u.method, u.headers, u.body, u.contains, u.json, u.redirects);
  }

  private @Nullable Regex regex(UrlBuilder u) {
    if (u.regex == null) {
      return null;
    }
    var regex =
        new Regex(u.regex, u.regexOptions, u.regexNoMatch, u.regexMinOffset, u.regexMaxOffset);
    try {
      var _ = regex.compiled();
      return regex;
    } catch (PatternSyntaxException e) {
      diagnostics.error(
          u.at,
          "not-a-regex",
          "the regex '" + u.regex + "' cannot be understood: " + e.getDescription(),
          "the url is checked without it",
          "a regular expression as Perl has them, without recursion and \\K");
      return null;
    }
  }

  private @Nullable Checker misc(CheckerBuilder c, Checker.Pace pace) {
    CheckerBuilder.Details d = c.details();
    Command path = d.miscPath;
    if (path == null) {
      diagnostics.error(
          c.at,
          "no-script",
          "MISC_CHECK has no misc_path",
          "the check is left out",
          "misc_path \"COMMAND\"");
      return null;
    }
    if (d.userFaulty) {
      return null;
    }
    Script script =
        scripts.notify(
            new Command(path.command(), d.miscUser, path.word()),
            "the check is left out, so the real server counts as alive");
    return script == null
        ? null
        : new Checker.Misc(
            script, d.miscTimeout == null ? pace.delayLoop() : d.miscTimeout, d.miscDynamic, pace);
  }
}
