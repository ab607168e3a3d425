package dev.sluice.cli;

/** The entry point of {@code ./sluice}. */
public final class Main {
  private Main() {}

  /** Ends the process with the verb's exit code. */
  public static void main(String[] args) {
    System.out.println("sluice");
  }
}
