package dev.sluice.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real nginx on a host, with all its files in the lab's folder. */
public final class Nginx {
  private final Host host;
  private final Path folder;
  private final String address;
  private final int port;
  private LabProcess process;

  private Nginx(Host host, Path folder, String address, int port) {
    this.host = host;
    this.folder = folder;
    this.address = address;
    this.port = port;
    this.process = launch();
  }

  /** Whether the distribution's nginx is there. */
  public static boolean installed() {
    return Command.find("nginx").isPresent();
  }

  /**
   * Starts nginx with these lines in its {@code http} block and waits until it listens on {@code
   * address}:{@code port}. Its access log has one line per request: the client's address, the
   * address it was asked at, and the request.
   */
  public static Nginx start(Host host, String address, int port, String http) {
    Path folder = folder(host);
    String configuration =
        """
        daemon off;
        user root;
        worker_processes 1;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events { worker_connections 4096; }
        http {
          log_format lab '$remote_addr $server_addr $request';
          access_log %1$s/access.log lab;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
        %2$s}
        """
            .formatted(folder, http.indent(2));
    try {
      Files.writeString(folder.resolve("nginx.conf"), configuration);
    } catch (IOException e) {
      throw new LabException("cannot write nginx.conf: " + e.getMessage());
    }
    var nginx = new Nginx(host, folder, address, port);
    nginx.awaitListening();
    return nginx;
  }

  /**
   * Starts a web server that answers like {@link WebServer}: its host's name and the client's
   * address.
   */
  public static Nginx web(Host host, int port) {
    return start(
        host,
        "0.0.0.0",
        port,
        """
        server {
          listen %d backlog=1024;
          location / { return 200 "%s $remote_addr\\n"; }
        }
        """
            .formatted(port, host.name()));
  }

  /**
   * Starts it again with the same files, after {@link LabProcess#kill} or {@link
   * LabProcess#terminate}.
   */
  public void restart() {
    process = launch();
    awaitListening();
  }

  /** The master process. */
  public LabProcess process() {
    return process;
  }

  /** Where the nginx of that host keeps the pid of its master process. */
  public static Path pidFile(Host host) {
    return folder(host).resolve("nginx.pid");
  }

  private static Path folder(Host host) {
    return host.lab().folder(host.name() + "-nginx");
  }

  /** The access log so far. */
  public List<String> accessLog() {
    try {
      Path log = folder.resolve("access.log");
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new LabException("cannot read nginx's access log: " + e.getMessage());
    }
  }

  private LabProcess launch() {
    return host.start(
        "nginx",
        List.of("nginx", "-p", folder.toString(), "-c", folder.resolve("nginx.conf").toString()));
  }

  private void awaitListening() {
    Await.until(
        "nginx on " + host + " to listen on " + address + ":" + port,
        Duration.ofSeconds(30),
        () -> {
          if (!process.alive()) {
            throw new LabException("nginx on " + host + " ended: " + process.log());
          }
          return host.accepts(address, port);
        },
        process::log);
  }
}
