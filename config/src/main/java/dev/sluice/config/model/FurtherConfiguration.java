package dev.sluice.config.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blocks beside VRRP instances and virtual servers.
 *
 * @param selectedServices virtual servers by firewall mark or group
 * @param clientCertificate null: none
 */
public record FurtherConfiguration(
    ProcessSettings process,
    StaticObjects statics,
    List<TrackGroup> trackGroups,
    List<TrackFile> trackFiles,
    List<TrackProcess> trackProcesses,
    List<BfdInstance> bfdInstances,
    List<GarpGroup> garpGroups,
    List<VirtualServerGroup> serverGroups,
    List<SelectedService> selectedServices,
    @Nullable ClientCertificate clientCertificate,
    List<LvsSetting> lvsSettings) {
  private static final FurtherConfiguration NONE =
      new FurtherConfiguration(
          ProcessSettings.defaults(),
          StaticObjects.none(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          null,
          List.of());

  public FurtherConfiguration {
    trackGroups = List.copyOf(trackGroups);
    trackFiles = List.copyOf(trackFiles);
    trackProcesses = List.copyOf(trackProcesses);
    bfdInstances = List.copyOf(bfdInstances);
    garpGroups = List.copyOf(garpGroups);
    serverGroups = List.copyOf(serverGroups);
    selectedServices = List.copyOf(selectedServices);
    lvsSettings = List.copyOf(lvsSettings);
  }

  /** Nothing. */
  public static FurtherConfiguration none() {
    return NONE;
  }
}
