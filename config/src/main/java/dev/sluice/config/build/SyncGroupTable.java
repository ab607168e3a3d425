package dev.sluice.config.build;

import dev.sluice.config.table.Block;
import dev.sluice.config.table.Types;
import dev.sluice.config.text.Word;

/** {@code vrrp_sync_group}. */
final class SyncGroupTable {
  static final Block<SyncGroupBuilder> TABLE = Block.named("vrrp_sync_group");

  static {
    TABLE
        .lines(
            "group",
            "INSTANCE",
            _ -> {},
            (b, args) -> {
              for (Word word : args.rest()) {
                b.members.add(word);
              }
            })
        .meaning("The instances that move together.");
    Trackers.rows(TABLE, b -> b.trackers);
    TABLE
        .flag("sync_group_tracking_weight", b -> b.trackingWeight = true)
        .meaning("Weighted trackers of the members stay in force.");
    TABLE
        .rowAt(
            "notify_master",
            Types.command(),
            (b, v, a) -> b.notify.set(NotifyBuilder.Kind.MASTER, v, a))
        .meaning("Run when the group becomes MASTER.");
    TABLE
        .rowAt(
            "notify_backup",
            Types.command(),
            (b, v, a) -> b.notify.set(NotifyBuilder.Kind.BACKUP, v, a))
        .meaning("Run when the group becomes BACKUP.");
    TABLE
        .rowAt(
            "notify_fault",
            Types.command(),
            (b, v, a) -> b.notify.set(NotifyBuilder.Kind.FAULT, v, a))
        .meaning("Run when the group becomes FAULT.");
    TABLE
        .rowAt(
            "notify_stop",
            Types.command(),
            (b, v, a) -> b.notify.set(NotifyBuilder.Kind.STOP, v, a))
        .meaning("Run when the daemon stops.");
    TABLE
        .rowAt("notify", Types.command(), (b, v, a) -> b.notify.set(NotifyBuilder.Kind.ANY, v, a))
        .meaning("Run at every change, with GROUP, name, state and 0 appended.");
    TABLE
        .row("smtp_alert", Types.optionalBool(), (b, v) -> b.smtpAlert = v)
        .meaning("Mail when the group changes its state.");
    TABLE
        .row("notify_priority_changes", Types.optionalBool(), (b, v) -> b.notifyPriorityChanges = v)
        .meaning("Notify changes of the effective priority, too.");
    TABLE
        .flag("global_tracking", _ -> {})
        .deprecated("leave it out: trackers of a group always hold for all members")
        .noEffect()
        .meaning("Without effect.");
  }

  private SyncGroupTable() {}
}
