package dev.sluice.plane.xdp;

import dev.sluice.config.model.Protocol;
import dev.sluice.lvs.ServiceTable.Scheduling;
import dev.sluice.lvs.scheduler.SchedulerKind;

/** {@code enum policy} of include/types.h with its flags: how the programs choose. */
final class Policy {
  static final int SEQUENCE = 0;
  static final int RR = 1;
  static final int WRR = 2;
  static final int LC = 3;
  static final int WLC = 4;
  static final int SED = 5;
  static final int NQ = 6;
  static final int FO = 7;
  static final int OVF = 8;
  static final int TWOS = 9;
  static final int SH = 10;
  static final int DH = 11;
  static final int MH = 12;
  static final int LBLC = 13;
  static final int LBLCR = 14;

  static final int MASK = 0xff;
  static final int FALLBACK = 0x100;
  static final int PORT = 0x200;
  static final int ALL_LOAD = 0x400;

  private Policy() {}

  /** For a scheduler that looks at the servers when it chooses. */
  static int of(SchedulerKind kind, Scheduling flags, Protocol protocol, Compatibility like) {
    int fallback = flags.fallback() ? FALLBACK : 0;
    int port = flags.port() ? PORT : 0;
    int load = protocol == Protocol.TCP || like.udpIsInactive() ? 0 : ALL_LOAD;
    return switch (kind) {
      case RR -> RR;
      case WRR -> WRR;
      case LC -> LC | load;
      case WLC -> WLC | load;
      case SED -> SED | load;
      case NQ -> NQ | load;
      case FO -> FO;
      case OVF -> OVF | load;
      case LBLC -> LBLC | load;
      case LBLCR -> LBLCR | load;
      case TWOS -> TWOS;
      case SH -> SH | fallback | port;
      case DH -> DH;
      case MH -> MH | fallback | port;
      case MAGLEV -> MH | FALLBACK | port;
    };
  }
}
