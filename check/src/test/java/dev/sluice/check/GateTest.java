package dev.sluice.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.linux.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may begin when. */
class GateTest {
  private final EventLoop loop = EventLoop.open("test");
  private final List<String> begun = new ArrayList<>();

  @AfterEach
  void close() {
    loop.close();
  }

  private final class One implements Gate.Guest {
    private final String name;
    private final Gate.Target target;
    private final Gate.@Nullable Target kind;
    boolean waiting = true;

    One(String name, Gate.Target target, Gate.@Nullable Target kind) {
      this.name = name;
      this.target = target;
      this.kind = kind;
    }

    @Override
    public void admitted() {
      waiting = false;
      begun.add(name);
    }

    @Override
    public boolean waiting() {
      return waiting;
    }

    @Override
    public Gate.Target target() {
      return target;
    }

    @Override
    public Gate.@Nullable Target kind() {
      return kind;
    }
  }

  private One enter(Gate gate, String name, Gate.Target target) {
    var one = new One(name, target, null);
    gate.enter(one);
    return one;
  }

  @Test
  void inAllSoManyAndTheOthersInTheirOrder() {
    var gate = new Gate(loop, new CheckLimits(2, 9, 9, 9));
    One a = enter(gate, "a", gate.target());
    One b = enter(gate, "b", gate.target());
    enter(gate, "c", gate.target());
    One d = enter(gate, "d", gate.target());
    enter(gate, "e", gate.target());
    assertThat(begun).containsExactly("a", "b");
    assertThat(gate.queued()).isEqualTo(3);
    d.waiting = false;
    gate.gone(d);
    gate.leave(b);
    gate.leave(a);
    assertThat(begun).containsExactly("a", "b", "c", "e");
    assertThat(gate.queued()).isZero();
    assertThat(gate.peak()).isEqualTo(2);
  }

  @Test
  void aTargetThatHangsHoldsUpNobodyElse() {
    var gate = new Gate(loop, new CheckLimits(9, 1, 9, 9));
    Gate.Target hangs = gate.target();
    One a = enter(gate, "a", hangs);
    One b = enter(gate, "b", hangs);
    enter(gate, "c", hangs);
    enter(gate, "d", gate.target());
    assertThat(begun).containsExactly("a", "d");
    gate.leave(a);
    gate.leave(b);
    assertThat(begun).containsExactly("a", "d", "b", "c");
  }

  @Test
  void aGuestThatWasCalledAndIsGoneLeavesItsPlaceToTheNext() {
    var gate = new Gate(loop, new CheckLimits(2, 1, 9, 9));
    Gate.Target one = gate.target();
    One a = enter(gate, "a", one);
    One b = enter(gate, "b", gate.target());
    One c = enter(gate, "c", gate.target());
    One d = enter(gate, "d", one);
    enter(gate, "e", one);
    gate.leave(a); // c begins; d and e are in the line
    d.waiting = false;
    gate.gone(d);
    gate.leave(b);
    gate.leave(c);
    assertThat(begun).containsExactly("a", "b", "c", "e");
  }

  @Test
  void scriptsAreLimitedOfThemselves() {
    var gate = new Gate(loop, new CheckLimits(9, 9, 1, 9));
    var a = new One("a", gate.target(), gate.scripts);
    gate.enter(a);
    gate.enter(new One("b", gate.target(), gate.scripts));
    enter(gate, "c", gate.target());
    assertThat(begun).containsExactly("a", "c");
    gate.leave(a);
    assertThat(begun).containsExactly("a", "c", "b");
  }

  @Test
  void whoFindsNoDescriptorIsTheFirstInLine() {
    var gate = new Gate(loop, new CheckLimits(9, 9, 9, 9));
    One a = enter(gate, "a", gate.target());
    One b = enter(gate, "b", gate.target());
    b.waiting = true;
    gate.exhausted(b, "too many open files");
    enter(gate, "c", gate.target());
    assertThat(begun).containsExactly("a", "b");
    gate.leave(a);
    assertThat(begun).containsExactly("a", "b", "b");
    gate.leave(b);
    assertThat(begun).containsExactly("a", "b", "b", "c");
    assertThat(gate.wants()).isEqualTo(1);
  }

  @Test
  void limitsLeaveDescriptorsToOthers() {
    assertThat(CheckLimits.of(1024, 100)).isEqualTo(new CheckLimits(732, 16, 183, 366));
    assertThat(CheckLimits.of(64, 60)).isEqualTo(new CheckLimits(8, 16, 2, 4));
    assertThat(CheckLimits.of(1 << 30, 60)).isEqualTo(new CheckLimits(32_768, 16, 256, 1024));
  }
}
