package dev.sluice.lab;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The command that runs one of this module's main classes as a JVM of its own: with the running
 * JVM's {@code java}, on its module path when it has one (the launcher), else on its class path
 * (tests).
 */
final class JavaProgram {
  private static final String MODULE = "dev.sluice.lab";

  private JavaProgram() {}

  static List<String> command(Class<?> main, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Djava.net.preferIPv4Stack=true",
                // Without it the two writes of an answer wait 40 ms for each other.
                "-Dsun.net.httpserver.nodelay=true"));
    String modulePath = System.getProperty("jdk.module.path");
    if (JavaProgram.class.getModule().isNamed() && modulePath != null) {
      command.addAll(List.of("-p", absolute(modulePath), "-m", MODULE + "/" + main.getName()));
    } else {
      command.addAll(
          List.of("-cp", absolute(System.getProperty("java.class.path")), main.getName()));
    }
    command.addAll(arguments);
    return command;
  }

  private static String absolute(String path) {
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
