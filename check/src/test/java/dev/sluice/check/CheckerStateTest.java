package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.model.Checker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every row is a story: what the tries bring, and what the checker makes of each. */
class CheckerStateTest {
  private static final Duration LOOP = Duration.ofSeconds(6);
  private static final Duration BEFORE = Duration.ofSeconds(1);

  /**
   * Plays the tries with a clock of its own. Each step reads {@code URL>WAIT:phase} with {@code +}
   * or {@code -} where a verdict fell.
   */
  private static String play(Checker checker, String tries, long tryNanos) {
    var told = new ArrayList<String>();
    long now = 1_000_000_000_000L;
    CheckerState state = CheckerState.initial(checker);
    long wake = wake(state.on(checker, new CheckerEvent.Start(0), now));
    for (String t : tries.split(" ", -1)) {
      now = wake;
      CheckerState.Step run = state.on(checker, new CheckerEvent.Due(), now);
      assertThat(run.actions()).singleElement().isInstanceOf(CheckerAction.Run.class);
      int url = ((CheckerAction.Run) run.actions().getFirst()).url();
      now += tryNanos;
      CheckerEvent event =
          switch (t) {
            case "ok" -> new CheckerEvent.Passed(null);
            case "no" -> new CheckerEvent.Failed();
            default -> new CheckerEvent.Passed(Integer.valueOf(t));
          };
      CheckerState.Step step = run.state().on(checker, event, now);
      state = step.state();
      wake = wake(step);
      String verdict = "";
      for (CheckerAction a : step.actions()) {
        if (a instanceof CheckerAction.Verdict(boolean up)) {
          verdict = up ? "+" : "-";
        }
      }
      String weight = state.dynamicWeight() == null ? "" : "w" + state.dynamicWeight();
      told.add(
          url + ">" + (wake - now) / 1_000_000 + ":" + state.phase().word() + weight + verdict);
    }
    return String.join(" ", told);
  }

  private static long wake(CheckerState.Step step) {
    return step.actions().stream()
        .filter(CheckerAction.Wake.class::isInstance)
        .map(a -> ((CheckerAction.Wake) a).atNanos())
        .findFirst()
        .orElseThrow();
  }

  private static Checker http(int urls, boolean fast, boolean alpha, int retry) {
    var list = new ArrayList<Checker.Url>();
    for (int i = 0; i < urls; i++) {
      list.add(Checks.url("/" + i, null));
    }
    return new Checker.Http(
        Checks.to(80, Duration.ofSeconds(5)),
        Checks.pace(LOOP, retry, BEFORE, alpha),
        false,
        false,
        null,
        Checker.HttpVersion.HTTP_1_0,
        fast,
        list);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          first success           | false | 1 | ok          | 0>6000:up+
          stays up                | false | 1 | ok ok       | 0>6000:up+ 0>6000:up
          retry saves it          | false | 1 | ok no ok    | 0>6000:up+ 0>1000:going_down 0>6000:up
          down after one retry    | false | 1 | ok no no    | 0>6000:up+ 0>1000:going_down 0>6000:down-
          no retry                | false | 0 | ok no       | 0>6000:up+ 0>6000:down-
          three retries           | false | 3 | ok no no no no | 0>6000:up+ 0>1000:going_down 0>1000:going_down 0>1000:going_down 0>6000:down-
          up after one success    | false | 0 | ok no no ok | 0>6000:up+ 0>6000:down- 0>6000:down 0>6000:up+
          never up                | false | 1 | no no no    | 0>1000:going_down 0>6000:down- 0>6000:down
          alpha, then up          | true  | 1 | ok          | 0>6000:up+
          alpha, first failures   | true  | 1 | no no ok    | 0>1000:unchecked 0>6000:down- 0>6000:up+
          failures do not add up  | false | 2 | ok no no ok no no ok | 0>6000:up+ 0>1000:going_down 0>1000:going_down 0>6000:up 0>1000:going_down 0>1000:going_down 0>6000:up
          """)
  void tcp(String name, boolean alpha, int retry, String tries, String told) {
    Checker checker = Checks.tcp(80, Checks.pace(LOOP, retry, BEFORE, alpha));
    assertThat(play(checker, tries, 5_000_000)).as(name).isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one URL recovers at once | 1 | false | 1 | ok no no no ok | 0>6000:up+ 0>1000:going_down 0>6000:down- 0>6000:down 0>6000:up+
          one URL per loop         | 3 | false | 1 | ok ok ok ok    | 0>6000:unchecked 1>6000:unchecked 2>6000:up+ 0>6000:up
          fast at start            | 3 | true  | 1 | ok ok ok ok    | 0>0:unchecked 1>0:unchecked 2>6000:up+ 0>6000:up
          the first pass retries only its first URL | 2 | false | 2 | ok no | 0>6000:unchecked 1>6000:down-
          failed URL first, then all | 3 | false | 0 | ok ok ok ok no no ok ok ok ok | 0>6000:unchecked 1>6000:unchecked 2>6000:up+ 0>6000:up 1>6000:down- 1>6000:down 1>6000:going_up 0>6000:going_up 1>6000:going_up 2>6000:up+
          fast recovery            | 2 | true  | 0 | ok ok ok no ok ok ok | 0>0:unchecked 1>6000:up+ 0>6000:up 1>6000:down- 1>0:going_up 0>0:going_up 1>6000:up+
          relapse while recovering | 2 | false | 1 | ok ok no no ok ok no no | 0>6000:unchecked 1>6000:up+ 0>1000:going_down 0>6000:down- 0>6000:going_up 0>6000:going_up 1>1000:going_up 1>6000:down
          """)
  void http(String name, int urls, boolean fast, int retry, String tries, String told) {
    assertThat(play(http(urls, fast, false, retry), tries, 5_000_000)).as(name).isEqualTo(told);
  }

  @Test
  void httpWaitsTheLongerTimeOnceItIsDown() {
    Checker checker =
        Checks.http(
            Checks.to(80, BEFORE),
            Checks.pace(BEFORE, 0, Duration.ofSeconds(3), false),
            Checks.url("/", null));
    assertThat(play(checker, "no no", 0)).isEqualTo("0>3000:down- 0>3000:down");
  }

  @Test
  void scriptsArePacedFromTheStartOfTheLastRun() {
    Checker checker =
        Checks.misc(Checks.pace(LOOP, 1, BEFORE, false), true, Duration.ofSeconds(30), "/x");
    assertThat(play(checker, "ok no no ok", 400_000_000))
        .isEqualTo("0>5600:up+ 0>600:going_down 0>5600:down- 0>5600:up+");
    assertThat(play(checker, "ok", 7_000_000_000L)).isEqualTo("0>0:up+");
  }

  @Test
  void aScriptsWeightHoldsThroughRetriesAndEndsWithTheServer() {
    Checker checker =
        Checks.misc(Checks.pace(LOOP, 1, BEFORE, false), true, Duration.ofSeconds(30), "/x");
    assertThat(play(checker, "7 no 9 ok 3 no no ok", 0))
        .isEqualTo(
            "0>6000:upw7+ 0>1000:going_downw7 0>6000:upw9 0>6000:up 0>6000:upw3"
                + " 0>1000:going_downw3 0>6000:down- 0>6000:up+");
  }

  @Test
  void warmupComesFirst() {
    Checker checker = Checks.tcp(80, Checks.quick());
    CheckerState state = CheckerState.initial(checker);
    assertThat(state.on(checker, new CheckerEvent.Start(42), 100).actions())
        .isEqualTo(List.of(new CheckerAction.Wake(142)));
    assertThat(state.phase()).isEqualTo(CheckPhase.UNCHECKED);
  }

  @Test
  void aChangedDefinitionStartsOverInTheOldVerdict() {
    Checker before = Checks.tcp(80, Checks.pace(LOOP, 0, BEFORE, false));
    CheckerState down =
        CheckerState.initial(before).on(before, new CheckerEvent.Failed(), 0).state();
    Checker after = http(2, false, false, 0);
    CheckerState state = down.restarted(after);
    assertThat(state.phase()).isEqualTo(CheckPhase.GOING_UP);
    state = state.on(after, new CheckerEvent.Passed(null), 0).state();
    assertThat(state.phase()).isEqualTo(CheckPhase.GOING_UP);
    assertThat(CheckerState.initial(before).restarted(http(1, false, true, 0)).up()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          three successes bring it back | ok no ok ok ok ok | 0>6000:up+ 0>2000:down- 0>500:going_up 0>500:going_up 0>6000:up+ 0>6000:up
          a failure between them counts | no ok no ok ok ok | 0>2000:down- 0>500:going_up 0>2000:down 0>500:going_up 0>500:going_up 0>6000:up+
          while down it has its own pace | no no no         | 0>2000:down- 0>2000:down 0>2000:down
          """)
  void risesStepByStep(String name, String tries, String told) {
    var rhythm = new Checker.Rhythm(3, Duration.ofMillis(500), Duration.ofSeconds(2));
    var pace = new Checker.Pace(LOOP, 0, BEFORE, Duration.ZERO, false, false, rhythm);
    assertThat(play(Checks.tcp(80, pace), tries, 5_000_000)).as(name).isEqualTo(told);
  }
}
