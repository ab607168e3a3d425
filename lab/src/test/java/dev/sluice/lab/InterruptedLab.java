package dev.sluice.lab;

import java.util.concurrent.CountDownLatch;

/** A program with a lab that never ends by itself, for the test that interrupts it. */
final class InterruptedLab {
  private InterruptedLab() {}

  public static void main(String[] arguments) throws InterruptedException {
    Lab lab = Lab.open();
    Host host = lab.segment("lan").join(lab.host("web01"), "10.77.0.1/24");
    LabProcess web = WebServer.start(host, 80, 0);
    System.out.println("lab " + lab.prefix() + " " + lab.folder("x").getParent() + " " + web.pid());
    new CountDownLatch(1).await();
  }
}
