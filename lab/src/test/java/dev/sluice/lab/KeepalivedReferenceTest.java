package dev.sluice.lab;

import org.junit.jupiter.api.Tag;

/** keepalived beside itself: what the scenarios ask for, it does. */
@Tag("long")
class KeepalivedReferenceTest extends VrrpScenarios {
  @Override
  Director.Program preferredProgram() {
    return Needs.keepalived();
  }

  @Override
  Director.Program otherProgram() {
    return Needs.keepalived();
  }
}
