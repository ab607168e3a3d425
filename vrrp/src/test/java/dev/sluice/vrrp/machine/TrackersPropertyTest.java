package dev.sluice.vrrp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.vrrp.machine.EffectivePriority.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** The effective priority is a function of how everything stands, not of how it came to be so. */
class TrackersPropertyTest {
  private record Standing(Tracked tracked, Reading reading) {}

  private static List<Standing> standings(Random random) {
    List<Standing> all = new ArrayList<>();
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      List<Source> sources = List.copyOf(EnumSet.allOf(Source.class));
      Source source = sources.get(random.nextInt(sources.size()));
      Tracked tracked =
          new Tracked(
              source,
              "t" + i,
              random.nextInt(4) == 0 ? 0 : random.nextInt(-254, 255),
              random.nextBoolean());
      all.add(new Standing(tracked, reading(random, source)));
    }
    return all;
  }

  private static Reading reading(Random random, Source source) {
    if (source == Source.FILE) {
      return new Reading.Amount(random.nextBoolean() ? random.nextInt(-9, 10) : random.nextLong());
    }
    return switch (random.nextInt(4)) {
      case 0 -> new Reading.Unknown();
      case 1 -> new Reading.Down();
      default -> new Reading.Up();
    };
  }

  private static InstanceState told(InstanceState state, Tracked tracked, Reading reading) {
    return after(state, Trackers.tell(tracked, reading, state));
  }

  private static InstanceState after(InstanceState state, List<MachineEvent> events) {
    InstanceState next = state;
    for (MachineEvent event : events) {
      if (event instanceof MachineEvent.TermSet term) {
        next = next.with(next.priority().with(term.source(), term.name(), term.value()));
      } else if (event instanceof MachineEvent.FaultRaised(FaultReason reason)) {
        next = next.with(reason);
      } else if (event instanceof MachineEvent.FaultCleared(FaultReason reason)) {
        next = next.without(reason);
      }
    }
    return next;
  }

  @RepeatedTest(200)
  void orderIndependentBoundedAndReversible(RepetitionInfo run) {
    long seed = run.getCurrentRepetition();
    Random random = new Random(seed);
    int base = random.nextInt(10) == 0 ? 255 : random.nextInt(1, 255);
    InstanceState start =
        InstanceState.initial(Specimens.settings().priority(base).build(), VrrpTimers.NONE);
    List<Standing> all = standings(random);

    InstanceState straight = start;
    for (Standing s : all) {
      straight = told(straight, s.tracked(), s.reading());
    }

    // Another order, with other readings on the way.
    List<Standing> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, random);
    InstanceState detour = start;
    for (Standing s : shuffled) {
      detour = told(detour, s.tracked(), reading(random, s.tracked().source()));
    }
    Collections.shuffle(shuffled, random);
    for (Standing s : shuffled) {
      detour = told(detour, s.tracked(), s.reading());
    }
    assertThat(detour).as("seed %d", seed).isEqualTo(straight);

    int value = straight.priority().value();
    int sum =
        base + all.stream().mapToInt(s -> Trackers.judge(s.tracked(), s.reading()).term()).sum();
    assertThat(value)
        .as("seed %d", seed)
        .isEqualTo(base == 255 ? 255 : Math.clamp(sum, 1, 254))
        .isBetween(1, 255);

    InstanceState back = straight;
    for (Standing s : shuffled) {
      back = after(back, Trackers.forget(s.tracked(), back));
    }
    assertThat(back).as("seed %d", seed).isEqualTo(start);
  }
}
