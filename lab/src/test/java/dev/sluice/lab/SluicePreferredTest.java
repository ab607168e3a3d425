package dev.sluice.lab;

/** sluice is preferred, keepalived the other. */
class SluicePreferredTest extends VrrpScenarios {
  @Override
  Director.Program preferredProgram() {
    return Needs.sluice();
  }

  @Override
  Director.Program otherProgram() {
    return Needs.keepalived();
  }
}
