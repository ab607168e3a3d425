package dev.sluice.cli.ipvsadm;

import org.jspecify.annotations.Nullable;

/**
 * Every option of ipvsadm, the commands first. What complaints call an option need not be its name:
 * {@code -t} and {@code -f} both are the 'service-address'.
 */
enum Option {
  ADD_SERVICE('A', "add-service", Argument.NONE),
  EDIT_SERVICE('E', "edit-service", Argument.NONE),
  DELETE_SERVICE('D', "delete-service", Argument.NONE),
  CLEAR('C', "clear", Argument.NONE, "flush"),
  RESTORE('R', "restore", Argument.NONE),
  SAVE('S', "save", Argument.NONE),
  ADD_SERVER('a', "add-server", Argument.NONE),
  EDIT_SERVER('e', "edit-server", Argument.NONE),
  DELETE_SERVER('d', "delete-server", Argument.NONE),
  LIST('L', "list", Argument.NONE),
  ZERO('Z', "zero", Argument.NONE),
  SET('\0', "set", Argument.REQUIRED),
  START_DAEMON('\0', "start-daemon", Argument.REQUIRED),
  STOP_DAEMON('\0', "stop-daemon", Argument.REQUIRED),
  HELP('h', "help", Argument.NONE),
  VERSION('v', "version", Argument.NONE),

  NUMERIC('n', "numeric", Argument.NONE),
  CONNECTION('c', "connection", Argument.NONE),
  TCP_SERVICE('t', "tcp-service", Argument.REQUIRED, "service-address"),
  UDP_SERVICE('u', "udp-service", Argument.REQUIRED, "service-address"),
  SCTP_SERVICE('\0', "sctp-service", Argument.REQUIRED, "service-address"),
  FWMARK_SERVICE('f', "fwmark-service", Argument.REQUIRED, "service-address"),
  IPV6('6', "ipv6", Argument.NONE),
  SCHEDULER('s', "scheduler", Argument.REQUIRED),
  ENGINE('\0', "pe", Argument.REQUIRED),
  PERSISTENT('p', "persistent", Argument.OPTIONAL),
  NETMASK('M', "netmask", Argument.REQUIRED),
  REAL_SERVER('r', "real-server", Argument.REQUIRED),
  GATEWAYING('g', "gatewaying", Argument.NONE, "forwarding-method"),
  TUNNELING('i', "ipip", Argument.NONE, "forwarding-method"),
  MASQUERADING('m', "masquerading", Argument.NONE, "forwarding-method"),
  WEIGHT('w', "weight", Argument.REQUIRED),
  UPPER_THRESHOLD('x', "u-threshold", Argument.REQUIRED),
  LOWER_THRESHOLD('y', "l-threshold", Argument.REQUIRED),
  MCAST_INTERFACE('\0', "mcast-interface", Argument.REQUIRED),
  TIMEOUT('\0', "timeout", Argument.NONE),
  DAEMON('\0', "daemon", Argument.NONE),
  STATS('\0', "stats", Argument.NONE),
  RATE('\0', "rate", Argument.NONE),
  THRESHOLDS('\0', "thresholds", Argument.NONE),
  PERSISTENT_CONN('\0', "persistent-conn", Argument.NONE),
  NO_SORT('\0', "nosort", Argument.NONE),
  SORT('\0', "sort", Argument.NONE),
  SYNC_ID('\0', "syncid", Argument.REQUIRED),
  EXACT('X', "exact", Argument.NONE),
  ONE_PACKET('o', "ops", Argument.NONE),
  SCHEDULER_FLAGS('b', "sched-flags", Argument.REQUIRED),
  TUNNEL_INFO('\0', "tun-info", Argument.NONE),
  TUNNEL_TYPE('\0', "tun-type", Argument.REQUIRED),
  TUNNEL_PORT('\0', "tun-port", Argument.REQUIRED),
  TUNNEL_NO_CHECKSUM('\0', "tun-nocsum", Argument.NONE),
  TUNNEL_CHECKSUM('\0', "tun-csum", Argument.NONE),
  TUNNEL_REMOTE_CHECKSUM('\0', "tun-remcsum", Argument.NONE),
  SYNC_MAXLEN('\0', "sync-maxlen", Argument.REQUIRED),
  MCAST_GROUP('\0', "mcast-group", Argument.REQUIRED),
  MCAST_PORT('\0', "mcast-port", Argument.REQUIRED),
  MCAST_TTL('\0', "mcast-ttl", Argument.REQUIRED),
  /** Our own: a save from which a restore makes exactly this table. */
  FULL('\0', "full", Argument.NONE);

  /** Whether a value follows. */
  enum Argument {
    NONE,
    REQUIRED,
    OPTIONAL
  }

  private final char letter;
  private final String word;
  private final Argument argument;
  private final String called;

  Option(char letter, String word, Argument argument) {
    this(letter, word, argument, word);
  }

  Option(char letter, String word, Argument argument, String called) {
    this.letter = letter;
    this.word = word;
    this.argument = argument;
    this.called = called;
  }

  /** Whether it says what to do; one must come first. */
  boolean command() {
    return compareTo(VERSION) <= 0;
  }

  /** Whether a value follows. */
  Argument argument() {
    return argument;
  }

  /** The long form without dashes. */
  String word() {
    return word;
  }

  /** As complaints call it. */
  String called() {
    return called;
  }

  /** The short form with its dash, where there is one. */
  String shortest() {
    return letter == '\0' ? "--" + word : "-" + letter;
  }

  /** The option of this letter; null: none. */
  static @Nullable Option ofLetter(char letter) {
    if (letter == 'l') {
      return LIST;
    }
    for (Option o : values()) {
      if (o.letter == letter && letter != '\0') {
        return o;
      }
    }
    return null;
  }

  /** The option of this long form, which cannot be cut short; null: none. */
  static @Nullable Option ofWord(String word) {
    for (Option o : values()) {
      if (o.word.equals(word)) {
        return o;
      }
    }
    return null;
  }
}
