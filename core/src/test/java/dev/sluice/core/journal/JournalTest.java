package dev.sluice.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {
  @Test
  void everyReaderSeesEveryEventInOrderThoughOneThrows() {
    List<JournalEvent> seen = new ArrayList<>();
    var journal =
        new Journal(
            List.of(
                event -> {
                  if (event.equals(new JournalEvent.ConfigurationAccepted(3, "file", 0))) {
                    throw new IllegalStateException("a reader's own trouble");
                  }
                },
                seen::add));
    for (int i = 0; i < 1000; i++) {
      journal.append(new JournalEvent.ConfigurationAccepted(i, "file", 0));
    }
    journal.close();
    assertThat(seen).hasSize(1000);
    assertThat(seen)
        .extracting(e -> ((JournalEvent.ConfigurationAccepted) e).generation())
        .isSorted();
  }
}
