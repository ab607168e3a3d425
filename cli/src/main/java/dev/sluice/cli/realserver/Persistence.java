package dev.sluice.cli.realserver;

import dev.sluice.cli.CommandException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Lets a real server's VIPs survive a reboot: a systemd unit per VIP, or where there is no systemd
 * a hook of ifupdown. Both run the same command again.
 */
public final class Persistence {
  private static final String NOTE =
      "# Written by 'sluice realserver add --persist'; 'realserver remove --persist' removes it.";

  private final Path root;
  private final List<String> sluice;
  private final String javaHome;
  private final Consumer<String> report;

  /**
   * @param root the file system to write in; {@code /} but for tests and images
   * @param sluice the command, absolute, with options that precede the verb
   * @param javaHome the JDK to run it with: a boot script has no user's environment
   * @param report gets a line about each file
   */
  public Persistence(Path root, List<String> sluice, String javaHome, Consumer<String> report) {
    this.root = root;
    this.sluice = List.copyOf(sluice);
    this.javaHome = javaHome;
    this.report = report;
  }

  /** Writes the files; the same files again are no change. */
  public void install(List<InetAddress> vips, boolean tunnel) {
    for (InetAddress vip : vips) {
      if (Files.isDirectory(systemd())) {
        write(unit(vip), unitText(vip, tunnel), "rw-r--r--");
        link(wanted(vip), Path.of("..", name(vip) + ".service"));
      } else if (Files.isDirectory(hooks())) {
        write(hook(vip), hookText(vip, tunnel), "rwxr-xr-x");
      } else {
        throw CommandException.failed(
            "realserver --persist: neither "
                + systemd()
                + " nor "
                + hooks()
                + " exists, so nothing here would run it at boot; call '"
                + String.join(" ", command("add", vip, tunnel))
                + "' from your own start-up script");
      }
    }
  }

  /** Removes what {@link #install} wrote, whichever it was. */
  public void uninstall(List<InetAddress> vips) {
    for (InetAddress vip : vips) {
      for (Path file : List.of(wanted(vip), unit(vip), hook(vip))) {
        try {
          if (Files.deleteIfExists(file)) {
            report.accept(file + ": removed");
          }
        } catch (IOException e) {
          throw failure("remove", file, e);
        }
      }
    }
  }

  private Path systemd() {
    return root.resolve("etc/systemd/system");
  }

  private Path hooks() {
    return root.resolve("etc/network/if-up.d");
  }

  private Path unit(InetAddress vip) {
    return systemd().resolve(name(vip) + ".service");
  }

  private Path wanted(InetAddress vip) {
    return systemd().resolve("multi-user.target.wants").resolve(name(vip) + ".service");
  }

  private Path hook(InetAddress vip) {
    return hooks().resolve(name(vip));
  }

  /** run-parts passes over names with other characters than letters, digits, '-' and '_'. */
  private static String name(InetAddress vip) {
    return "sluice-realserver-"
        + vip.getHostAddress().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
  }

  private List<String> command(String action, InetAddress vip, boolean tunnel) {
    List<String> words = new ArrayList<>(sluice);
    words.addAll(List.of("realserver", action, vip.getHostAddress()));
    if (tunnel && action.equals("add")) {
      words.add("--tunnel");
    }
    return words;
  }

  private String unitText(InetAddress vip, boolean tunnel) {
    return """
    %s
    [Unit]
    Description=Hold %s on lo, hidden from ARP (sluice real server)
    After=local-fs.target systemd-sysctl.service
    Wants=network-pre.target
    Before=network-pre.target

    [Service]
    Type=oneshot
    RemainAfterExit=yes
    Environment=%s
    ExecStart=%s
    ExecStop=%s

    [Install]
    WantedBy=multi-user.target
    """
        .formatted(
            NOTE,
            vip.getHostAddress(),
            systemdQuoted("JAVA_HOME=" + javaHome),
            systemdLine(command("add", vip, tunnel)),
            systemdLine(command("remove", vip, tunnel)));
  }

  private String hookText(InetAddress vip, boolean tunnel) {
    List<String> words =
        command("add", vip, tunnel).stream().map(Persistence::shellQuoted).toList();
    return """
    #!/bin/sh
    %s
    [ "$IFACE" = lo ] || exit 0
    JAVA_HOME=%s
    export JAVA_HOME
    exec %s
    """
        .formatted(NOTE, shellQuoted(javaHome), String.join(" ", words));
  }

  private static String systemdLine(List<String> words) {
    return String.join(" ", words.stream().map(Persistence::systemdQuoted).toList());
  }

  /** systemd.service(5): quotes group, a backslash escapes, % and $ are doubled. */
  private static String systemdQuoted(String word) {
    String escaped =
        word.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%").replace("$", "$$");
    return plain(word) ? word : "\"" + escaped + "\"";
  }

  private static String shellQuoted(String word) {
    return plain(word) ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static boolean plain(String word) {
    return word.matches("[A-Za-z0-9_./:=@,+-]+");
  }

  private void write(Path file, String text, String mode) {
    try {
      if (Files.exists(file) && Files.readString(file).equals(text)) {
        report.accept(file + ": was there");
        return;
      }
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      report.accept(file + ": written");
    } catch (IOException e) {
      throw failure("write", file, e);
    }
  }

  private void link(Path link, Path target) {
    try {
      Files.createDirectories(systemd().resolve("multi-user.target.wants"));
      if (!Files.isSymbolicLink(link)) {
        Files.createSymbolicLink(link, target);
        report.accept(link + ": enabled at boot");
      }
    } catch (IOException e) {
      throw failure("write", link, e);
    }
  }

  private static CommandException failure(String what, Path file, IOException e) {
    return CommandException.failed(
        "realserver --persist: cannot "
            + what
            + " "
            + file
            + " ("
            + e.getClass().getSimpleName()
            + "); run as root");
  }
}
