package dev.sluice.plane.xdp;

import dev.sluice.linux.bpf.BpfSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The compiled programs, out of the jar. */
public final class BpfObjects {
  private BpfObjects() {}

  /**
   * A compiled object.
   *
   * @param name {@code sluice_xdp}, {@code sluice_tc}, or one of the benchmark's
   * @throws IllegalStateException when the build did not make it
   */
  public static BpfSpec spec(String name) {
    String file = "bpf/" + name + ".bpf.o";
    try (InputStream in = BpfObjects.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(
            "the build has no BPF object " + name + "; build again where clang is installed");
      }
      return BpfSpec.of(name, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the BPF object " + name, e);
    }
  }
}
