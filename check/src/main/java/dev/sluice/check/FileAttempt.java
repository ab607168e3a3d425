package dev.sluice.check;

import dev.sluice.config.model.Checker;
import dev.sluice.config.model.FileNumber;
import dev.sluice.linux.EventLoop;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A look at the number of FILE_CHECK. Read off the loop, as a file may lie on a disk that hangs;
 * until it answers, the check keeps its verdict.
 */
final class FileAttempt implements Attempt {
  /** keepalived.md section 8: at this and below the server is down. */
  static final int DOWN_AT = -254;

  private final EventLoop loop;
  private final Checker.FileValue check;
  private @Nullable Consumer<End> whenEnded;

  FileAttempt(EventLoop loop, Checker.FileValue check) {
    this.loop = loop;
    this.check = check;
  }

  @Override
  public void start(Consumer<End> ended) {
    whenEnded = ended;
    long started = System.nanoTime();
    Thread _ =
        Thread.ofVirtual()
            .name("file check")
            .start(() -> {
              FileNumber number = FileNumber.read(Path.of(check.file()));
              loop.execute(() -> end(number, System.nanoTime() - started));
            });
  }

  private void end(FileNumber number, long totalNanos) {
    Consumer<End> tell = whenEnded;
    whenEnded = null;
    if (tell != null) {
      tell.accept(new End.Judged(outcome(check, number, totalNanos)));
    }
  }

  /** What a number means: the weight it adds, or that the server is down. */
  static CheckOutcome outcome(Checker.FileValue check, FileNumber number, long totalNanos) {
    boolean passed = number.value() > DOWN_AT;
    long bounded = Math.clamp(number.value(), -(1L << 31), (1L << 31) - 1);
    long difference = bounded * check.weight() * (check.reverse() ? -1 : 1);
    int weight = Math.clamp(difference, -Integer.MAX_VALUE, Integer.MAX_VALUE);
    String evidence =
        passed
            ? number.evidence() + ": weight " + (weight < 0 ? "" : "+") + weight
            : number.evidence() + ", down at " + DOWN_AT + " and below";
    return new CheckOutcome(passed, passed ? weight : null, evidence, -1, -1, totalNanos);
  }

  @Override
  public void cancel() {
    whenEnded = null;
  }
}
