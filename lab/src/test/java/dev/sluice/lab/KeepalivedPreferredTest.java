package dev.sluice.lab;

/** keepalived is preferred, sluice the other. */
class KeepalivedPreferredTest extends VrrpScenarios {
  @Override
  Director.Program preferredProgram() {
    return Needs.keepalived();
  }

  @Override
  Director.Program otherProgram() {
    return Needs.sluice();
  }
}
