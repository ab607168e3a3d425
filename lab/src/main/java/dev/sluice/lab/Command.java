package dev.sluice.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Short-lived commands, run to their end. Long-lived ones are a {@link LabProcess}. */
public final class Command {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final List<String> FOLDERS =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private Command() {}

  /** What a command left: its status, and its two outputs as text. */
  public record Result(List<String> command, int status, String out, String err) {
    /** Standard output, when the status is 0. */
    public String orThrow() {
      if (status != 0) {
        throw new LabException(
            "%s ended with %d: %s"
                .formatted(
                    String.join(" ", command), status, err.isBlank() ? out.strip() : err.strip()));
      }
      return out;
    }
  }

  /**
   * Where a program is, looked for on PATH and in the system folders (a root shell's PATH may lack
   * {@code /usr/sbin}).
   */
  public static Optional<Path> find(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return java.util.stream.Stream.concat(
            java.util.Arrays.stream(path.split(":", -1)).filter(f -> !f.isEmpty()),
            FOLDERS.stream())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs a command with empty input and returns what it left, whatever its status. */
  public static Result run(List<String> command) {
    return run(command, "", DEADLINE);
  }

  /** As {@link #run(List)}, with input and an own deadline. */
  public static Result run(List<String> command, String input, Duration deadline) {
    try {
      Process process = resolved(command).start();
      CompletableFuture<String> err =
          CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
      CompletableFuture<String> out =
          CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
      try (var to = process.getOutputStream()) {
        to.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException _) {
        // It ended without reading its input; its status says why.
      }
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new LabException(
            "%s did not end within %d s"
                .formatted(String.join(" ", command), deadline.toSeconds()));
      }
      return new Result(command, process.exitValue(), out.join(), err.join());
    } catch (IOException e) {
      throw new LabException("cannot run %s: %s".formatted(command.getFirst(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while running " + String.join(" ", command));
    }
  }

  static ProcessBuilder resolved(List<String> command) {
    List<String> full = new java.util.ArrayList<>(command);
    if (!full.getFirst().contains("/")) {
      find(full.getFirst()).ifPresent(path -> full.set(0, path.toString()));
    }
    return new ProcessBuilder(full);
  }

  private static String text(java.io.InputStream from) {
    try (from) {
      return new String(from.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
