package dev.sluice.lab;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * {@code sluice demo}: whole clusters on this machine, out of network namespaces, with real daemons
 * and real packets.
 *
 * <p>Without a word the main job ({@link DirectorsDemo}); with {@code nginx} two nginx proxies
 * behind one VIP ({@link ProxyDemo}); with {@code --hold} the network stays up to walk about in
 * until it is interrupted.
 */
public final class Demo {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int LOG_LINES = 15;
  private static final String HELP =
      """
      usage: sluice demo [nginx] [--hold]

        (nothing)  two directors share a VIP and balance over three web servers;
                   a web server dies, the master dies, both come back
        nginx      two nginx proxies share a VIP, which follows a living nginx
        --hold     build the network, show how to enter it, and wait for Ctrl-C
      """;

  private Demo() {}

  /**
   * Runs the demo and returns the exit status: 0 only if all of it happened, 1 if not, 2 for wrong
   * usage.
   *
   * @param out the show
   * @param err complaints
   * @param launcher the {@code sluice} that runs the directors
   * @param arguments what follows {@code demo} on the command line
   */
  public static int run(PrintStream out, PrintStream err, Path launcher, List<String> arguments) {
    boolean nginx = arguments.contains("nginx");
    boolean hold = arguments.contains("--hold");
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.print(HELP);
      return OK;
    }
    for (String argument : arguments) {
      if (!argument.equals("nginx") && !argument.equals("--hold")) {
        err.print("sluice demo: unknown argument '%s'%n%s".formatted(argument, HELP));
        return USAGE;
      }
    }
    String missing = missing(nginx);
    if (!missing.isEmpty()) {
      err.println("sluice demo: " + missing);
      return FAILED;
    }
    var narrator = new Narrator(out, Narrator.colourWanted());
    Lab lab = Lab.open();
    int status;
    if (!Pins.mounted()) {
      lab.onClose("the BPF file system", Pins::unmountWhenEmpty);
    }
    try (lab) {
      status = show(lab, narrator, launcher, nginx, hold);
    }
    if (lab.interrupted()) {
      return FAILED;
    }
    lab.leftBehind().forEach(what -> err.println("sluice demo: left behind: " + what));
    if (lab.leftBehind().isEmpty()) {
      narrator.say("Everything is taken down; nothing is left behind on this machine.");
    }
    return lab.leftBehind().isEmpty() ? status : FAILED;
  }

  private static int show(Lab lab, Narrator narrator, Path launcher, boolean nginx, boolean hold) {
    try {
      if (nginx) {
        var demo = new ProxyDemo(lab, new Director.Program.Sluice(launcher), narrator);
        return hold ? hold(narrator, demo.build()) : demo.run();
      }
      var demo = new DirectorsDemo(lab, launcher, narrator);
      return hold ? hold(narrator, demo.build()) : demo.run();
    } catch (LabException e) {
      // When interrupted, the shutdown hook takes the lab down and the JVM ends with the signal's
      // status.
      if (!lab.interrupted()) {
        narrator.failure(e.getMessage());
        narrator.say(lab.logs(LOG_LINES));
      }
      return FAILED;
    }
  }

  private static String missing(boolean nginx) {
    if (ProcessHandle.current().info().user().filter("root"::equals).isEmpty()) {
      return "network namespaces need root: sudo ./sluice demo";
    }
    for (String tool : List.of("ip", "nsenter")) {
      if (Command.find(tool).isEmpty()) {
        return tool + " is not installed: apt-get install iproute2 util-linux";
      }
    }
    if (nginx && !Nginx.installed()) {
      return "this picture needs a real nginx: apt-get install nginx-light";
    }
    return "";
  }

  private static int hold(Narrator narrator, List<Host> hosts) {
    narrator.heading("The network is up. Enter a machine (as root):");
    for (Host host : hosts) {
      narrator.say(
          "    nsenter --net=%-36s bash   # %s".formatted(host.namespaceFile(), host.name()));
    }
    narrator.say("");
    narrator.say("Ctrl-C takes it down.");
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return OK;
  }
}
