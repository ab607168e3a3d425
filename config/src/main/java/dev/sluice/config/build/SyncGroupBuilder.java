package dev.sluice.config.build;

import dev.sluice.config.text.At;
import dev.sluice.config.text.Word;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code vrrp_sync_group} while it is read. */
final class SyncGroupBuilder {
  final String name;
  final At at;
  final List<Word> members = new ArrayList<>();
  final Plan.Trackers trackers;
  boolean trackingWeight;
  final NotifyBuilder notify = new NotifyBuilder();
  @Nullable Boolean notifyPriorityChanges;
  @Nullable Boolean smtpAlert;

  SyncGroupBuilder(Plan plan, String name, At at) {
    this.trackers = new Plan.Trackers(plan, name);
    this.name = name;
    this.at = at;
  }
}
