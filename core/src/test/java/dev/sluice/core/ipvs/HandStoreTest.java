package dev.sluice.core.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.core.api.IpvsChange;
import dev.sluice.core.api.IpvsChange.Operation;
import dev.sluice.core.api.IpvsKey;
import dev.sluice.core.api.IpvsOutcome;
import dev.sluice.core.api.IpvsServer;
import dev.sluice.core.api.IpvsService;
import dev.sluice.core.ipvs.table.HandTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules made by hand outlive the daemon, and no more. */
class HandStoreTest {
  @TempDir Path folder;

  private static final IpvsKey KEY = IpvsKey.of(IpvsKey.Kind.TCP, "192.0.2.1", 80);
  private static final IpvsService SERVICE = new IpvsService(KEY, "sh", 3, 60, 24, null, false);
  private static final IpvsServer SERVER =
      new IpvsServer("10.0.0.1", 80, IpvsServer.Method.TUNNEL, 5, 9, 7, IpvsServer.Tunnel.IPIP);

  private static HandTable table() {
    HandTable.Step service =
        HandTable.empty().on(IpvsChange.ofService(Operation.ADD_SERVICE, SERVICE), _ -> false);
    return service
        .table()
        .on(IpvsChange.ofServer(Operation.ADD_SERVER, KEY, SERVER), _ -> false)
        .table();
  }

  @Test
  void whatWasSavedIsThereAgain() {
    var timeouts = new IpvsChange.Timeouts(1, 2, 3);
    new HandStore(folder, "7", "boot").save(table(), timeouts);
    var kept = new HandStore(folder, "7", "boot").load();
    assertThat(kept).isNotNull();
    assertThat(HandTable.of(java.util.Objects.requireNonNull(kept).rules()).rules())
        .isEqualTo(table().rules());
    assertThat(kept.timeouts()).isEqualTo(timeouts);
  }

  @Test
  void anotherBootAndAnotherNamespaceHaveNothing() {
    new HandStore(folder, "7", "boot").save(table(), null);
    assertThat(new HandStore(folder, "7", "later").load()).isNull();
    assertThat(new HandStore(folder, "8", "boot").load()).isNull();
  }

  @Test
  void rubbishIsNoReasonNotToStart() throws IOException {
    Files.writeString(folder.resolve("ipvs-7.json"), "{\"boot\":");
    assertThat(new HandStore(folder, "7", "boot").load()).isNull();
  }

  @Test
  void anEmptyTableLeavesNoFile() {
    var store = new HandStore(folder, "7", "boot");
    store.save(table(), null);
    store.save(HandTable.empty(), null);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aServiceOfTheConfigurationIsChangedThere() {
    HandTable.Step added =
        HandTable.empty().on(IpvsChange.ofService(Operation.ADD_SERVICE, SERVICE), _ -> true);
    assertThat(added.outcome().result()).isEqualTo(IpvsOutcome.Result.EXISTS);
    HandTable.Step server =
        HandTable.empty().on(IpvsChange.ofServer(Operation.ADD_SERVER, KEY, SERVER), _ -> true);
    assertThat(server.outcome().detail()).contains("configuration");
    HandTable.Step zero = HandTable.empty().on(IpvsChange.ofKey(Operation.ZERO, KEY), _ -> true);
    assertThat(zero.outcome().done()).isTrue();
  }
}
