package dev.sluice.cli.doctor;

import java.util.Set;

/**
 * Drivers whose native XDP can also send redirected frames ({@code ndo_xdp_xmit}), by name in
 * {@code /sys/class/net/DEV/device/driver}. Others get tcx (xdp.md 4.1).
 */
final class XdpDrivers {
  private static final Set<String> NATIVE =
      Set.of(
          "virtio_net",
          "i40e",
          "ice",
          "ixgbe",
          "ixgbevf",
          "igb",
          "igc",
          "mlx4_core",
          "mlx5_core",
          "bnxt_en",
          "ena",
          "qede",
          "sfc",
          "hv_netvsc",
          "mana",
          "gve",
          "nfp",
          "mvneta",
          "mvpp2",
          "fsl_dpaa2_eth",
          "fsl_enetc",
          "fsl_dpa",
          "stmmac",
          "rvu_nicpf",
          "thunder_nic",
          "atlantic",
          "ionic",
          "vmxnet3",
          "xen_netfront",
          "vif",
          "fec",
          "tsnep",
          "am65-cpsw-nuss",
          "lan966x",
          "octeontx2-nicpf",
          "octeontx2-nicvf",
          "rvu_nicvf");

  private XdpDrivers() {}

  static boolean redirects(String driver) {
    return NATIVE.contains(driver);
  }
}
