package dev.sluice.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
  private static final class Item extends TimerHeap.Entry {
    final int number;

    Item(int number) {
      this.number = number;
    }
  }

  @Test
  void equalDeadlinesComeInTheOrderOfArming() {
    TimerHeap heap = new TimerHeap();
    for (int i = 0; i < 40; i++) {
      heap.arm(new Item(i), 7);
    }
    assertThat(drain(heap)).isSorted().hasSize(40);
  }

  @Test
  void deadlinesMayWrapAround() {
    TimerHeap heap = new TimerHeap();
    heap.arm(new Item(2), Long.MIN_VALUE + 5);
    heap.arm(new Item(1), Long.MAX_VALUE - 5);
    assertThat(drain(heap)).containsExactly(1, 2);
  }

  @Test
  void cancellingWhatIsNotInDoesNothing() {
    TimerHeap heap = new TimerHeap();
    Item item = new Item(1);
    heap.cancel(item);
    heap.arm(item, 1);
    heap.cancel(item);
    heap.cancel(item);
    assertThat(item.queued()).isFalse();
    assertThat(heap.first()).isNull();
  }

  @RepeatedTest(20)
  void anyMixOfArmingMovingAndCancellingKeepsOrder(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    TimerHeap heap = new TimerHeap();
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      items.add(new Item(i));
    }
    for (int i = 0; i < 5000; i++) {
      Item item = items.get(random.nextInt(items.size()));
      if (random.nextInt(3) == 0) {
        heap.cancel(item);
      } else {
        heap.arm(item, random.nextInt(50));
      }
    }
    List<Item> queued = items.stream().filter(TimerHeap.Entry::queued).toList();
    assertThat(heap.size()).isEqualTo(queued.size());
    List<Long> expected =
        queued.stream().map(TimerHeap.Entry::dueNanos).sorted(Comparator.naturalOrder()).toList();
    List<Long> seen = new ArrayList<>();
    for (TimerHeap.Entry e = heap.first(); e != null; e = heap.first()) {
      seen.add(e.dueNanos());
      heap.cancel(e);
    }
    assertThat(seen).as("seed " + seed).isEqualTo(expected);
  }

  private static List<Integer> drain(TimerHeap heap) {
    List<Integer> numbers = new ArrayList<>();
    for (TimerHeap.Entry e = heap.first(); e instanceof Item item; e = heap.first()) {
      numbers.add(item.number);
      heap.cancel(e);
    }
    return numbers;
  }
}
