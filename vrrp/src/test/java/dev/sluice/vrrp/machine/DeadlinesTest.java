package dev.sluice.vrrp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private static final class Thing extends Deadlines.Entry {
    private final String name;

    Thing(String name) {
      this.name = name;
    }

    @Override
    String name() {
      return name;
    }
  }

  @Test
  void isAsGoodAsLookingAtAll() {
    Random random = new Random(42);
    Deadlines deadlines = new Deadlines();
    Map<Thing, Long> model = new HashMap<>();
    List<Thing> things = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      things.add(new Thing("t" + i));
    }
    for (int i = 0; i < 5000; i++) {
      Thing thing = things.get(random.nextInt(things.size()));
      if (random.nextInt(5) == 0) {
        deadlines.remove(thing);
        model.remove(thing);
      } else {
        long deadline = random.nextInt(10) == 0 ? VrrpTimers.NONE : random.nextInt(1000);
        deadlines.set(thing, deadline);
        model.put(thing, deadline);
      }
      assertThat(deadlines.first())
          .isEqualTo(model.values().stream().min(Long::compare).orElse(VrrpTimers.NONE));
      long now = random.nextInt(1000);
      List<String> due = new ArrayList<>();
      deadlines.due(now, due);
      assertThat(due)
          .containsExactlyInAnyOrderElementsOf(
              model.entrySet().stream()
                  .filter(e -> e.getValue() <= now)
                  .map(e -> e.getKey().name())
                  .toList());
    }
  }
}
