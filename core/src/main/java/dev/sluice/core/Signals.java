package dev.sluice.core;

import java.lang.reflect.Proxy;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * POSIX signals as a queue of their names. The JDK has no public interface for signals; it keeps
 * {@code sun.misc.Signal} of module jdk.unsupported until there is one. It is named by reflection
 * because the compiler's warning about it cannot be suppressed where it is meant.
 */
final class Signals {
  private static final System.Logger LOG = System.getLogger(Signals.class.getName());
  private static final int CAPACITY = 64;

  private Signals() {}

  /** From now on these signals end up here. One that the JVM keeps for itself is left to it. */
  static BlockingQueue<String> caught(String... names) {
    var queue = new ArrayBlockingQueue<String>(CAPACITY);
    for (String name : names) {
      try {
        handle(name, queue);
      } catch (ReflectiveOperationException e) {
        LOG.log(System.Logger.Level.DEBUG, "SIG{0} is left to the JVM: {1}", name, e.getCause());
      }
    }
    return queue;
  }

  private static void handle(String name, BlockingQueue<String> queue)
      throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object ours =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {handler},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "handle" -> offered(queue, name);
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> Proxy.isProxyClass(arguments[0].getClass());
                  default -> "signals of sluice";
                });
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
  }

  private static @Nullable Object offered(BlockingQueue<String> queue, String name) {
    // A full queue holds enough signals to be answered: one more says nothing new.
    boolean _ = queue.offer(name);
    return null;
  }
}
