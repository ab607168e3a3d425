package dev.sluice.cli.ipvsadm;

/** {@code ipvsadm -h}. */
final class Help {
  private Help() {}

  /** The page. */
  static String text() {
    return """
    ipvsadm (sluice): virtual services of the running sluice daemon, in ipvsadm's language

    A command comes first, its options in any order after it:
      ipvsadm -A|-E SERVICE [-s SCHEDULER] [-b FLAGS] [-p [SECONDS]] [-M NETMASK] [--pe NAME] [-o]
      ipvsadm -D SERVICE
      ipvsadm -a|-e SERVICE -r SERVER [-g|-i|-m] [-w WEIGHT] [-x UPPER] [-y LOWER] [TUNNEL]
      ipvsadm -d SERVICE -r SERVER
      ipvsadm [-L] [SERVICE] [-n] [--stats|--rate|--thresholds|--persistent-conn|--tun-info] [-X] [--nosort]
      ipvsadm -L -c [-n] [--persistent-conn]
      ipvsadm -L --timeout|--daemon
      ipvsadm -S [-n] [--full]
      ipvsadm -R, -C, -Z [SERVICE], --set TCP TCPFIN UDP, -h, -v

    Commands
      -A --add-service      -E --edit-service     -D --delete-service
      -a --add-server       -e --edit-server      -d --delete-server
      -L --list (-l)        -Z --zero             -C --clear: the rules made by hand
      -S --save: as lines that -R reads; with --full nothing is lost: thresholds, order, large marks
      -R --restore: a command per line from standard input; the first wrong line ends it
      --set: seconds without a packet until a connection is forgotten; 0 leaves one as it is
      -h --help             -v --version

    SERVICE
      -t --tcp-service, -u --udp-service, --sctp-service HOST[:PORT]; [ADDRESS]:PORT for IPv6;
        no port, or 0: every port, with -p only
      -f --fwmark-service MARK, then -6 --ipv6 for the mark's IPv6 packets
      -s --scheduler (default: wlc)    -b --sched-flags: sh-fallback, sh-port, mh-fallback, mh-port
      -p --persistent: a client keeps its server, SECONDS (360)    -M --netmask: of such clients
      --pe sip: the call, not the client, keeps its server         -o --ops: each datagram anew

    SERVER: -r --real-server HOST[:PORT] (the service's port)
      -g --gatewaying: direct routing (default)    -i --ipip: tunnel    -m --masquerading: NAT
      -w --weight (1); 0: no new connections
      -x --u-threshold, -y --l-threshold: no new connections from so many on, until fewer than these
      TUNNEL: --tun-type ipip|gue|gre  --tun-port PORT (gue)  --tun-nocsum | --tun-csum | --tun-remcsum
      -E and -e replace everything: what is not given gets its default.

    Lists
      -n --numeric: no names    -c --connection: entries    -X --exact: whole numbers    --nosort

    Services of the configuration are listed here and changed there. Rules made here are marked in
    'sluice status', survive a reload and the death of the daemon, and end when it is stopped.
    """;
  }
}
