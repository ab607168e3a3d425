package dev.sluice.linux;

/** Something that happened to a process, as the kernel's process connector tells it. */
public sealed interface ProcessEvent {
  /** A process began as a copy of its parent: same name, same command line. */
  record Forked(int parent, int pid) implements ProcessEvent {}

  /** It runs another program now. */
  record Executed(int pid) implements ProcessEvent {}

  /** It gave itself another name; at most 15 bytes. */
  record Renamed(int pid, String name) implements ProcessEvent {}

  /**
   * It is gone.
   *
   * @param status as wait(2) tells it
   */
  record Exited(int pid, int status) implements ProcessEvent {}

  /** Events were lost: look at all processes again. */
  record Overrun() implements ProcessEvent {}
}
