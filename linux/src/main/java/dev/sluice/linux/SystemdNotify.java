package dev.sluice.linux;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells the service manager how we are (sd_notify(3)). A manager that does not listen is no fault:
 * nothing here throws.
 */
public final class SystemdNotify implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SystemdNotify.class.getName());

  private final UnixDatagram socket;
  private final String name;

  private SystemdNotify(String name) {
    this.name = name;
    socket = new UnixDatagram(name);
  }

  /** The manager of the environment variable NOTIFY_SOCKET; empty without one. */
  public static Optional<SystemdNotify> fromEnvironment() {
    return at(System.getenv("NOTIFY_SOCKET"));
  }

  /** The manager at a path, or at an abstract name with a leading {@code @}. */
  public static Optional<SystemdNotify> at(@Nullable String socketName) {
    if (socketName == null || !(socketName.startsWith("/") || socketName.startsWith("@"))) {
      return Optional.empty();
    }
    return Optional.of(new SystemdNotify(socketName));
  }

  /** Started, or reloaded. */
  public void ready() {
    tell("READY=1");
  }

  /** Begins to reload; {@link #ready} ends it. */
  public void reloading() {
    tell("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
  }

  /** Begins to stop. */
  public void stopping() {
    tell("STOPPING=1");
  }

  /** A line for {@code systemctl status}. */
  public void status(String line) {
    tell("STATUS=" + line.replace('\n', ' '));
  }

  private void tell(String message) {
    int result = socket.send(message.getBytes(StandardCharsets.UTF_8));
    if (result < 0) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "cannot tell the service manager at " + name + ": " + Errno.text(-result));
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
