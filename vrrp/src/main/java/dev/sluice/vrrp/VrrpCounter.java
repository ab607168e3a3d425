package dev.sluice.vrrp;

import org.jspecify.annotations.Nullable;

/**
 * Everything an instance counts. A constant names the statistic of keepalived it feeds (section and
 * label of its statistics text, name in its JSON) where keepalived has one.
 */
public enum VrrpCounter {
  ADVERT_RECEIVED("Advertisements", "Received", "advert_rcvd", "adverts that passed every check"),
  ADVERT_SENT("Advertisements", "Sent", "advert_sent", "adverts sent, one per peer in unicast"),
  BECAME_MASTER("", "Became master", "become_master", "times the instance became MASTER"),
  RELEASED_MASTER("", "Released master", "release_master", "times the instance left MASTER"),

  LENGTH("Packet Errors", "Length", "packet_len_err", "length does not fit the address count"),
  TTL("Packet Errors", "TTL", "ip_ttl_err", "TTL is not 255: the packet crossed a router"),
  INVALID_TYPE("Packet Errors", "Invalid Type", "invalid_type_rcvd", "type is not ADVERTISEMENT"),
  ADVERT_INTERVAL(
      "Packet Errors", "Advertisement Interval", "advert_interval_err", "another interval (v2)"),
  ADDRESS_LIST(
      "Packet Errors",
      "Address List",
      "addr_list_err",
      "another address list; honoured all the same"),

  AUTH_INVALID_TYPE(
      "Authentication Errors", "Invalid Type", "invalid_authtype", "unknown authentication type"),
  AUTH_TYPE_MISMATCH(
      "Authentication Errors", "Type Mismatch", "authtype_mismatch", "another authentication type"),
  AUTH_FAILURE("Authentication Errors", "Failure", "auth_failure", "password does not match"),

  HMAC_MISSING("HMAC missing", "no auth_hmac trailer although the mode demands one"),
  HMAC_MALFORMED("HMAC malformed", "auth_hmac trailer of an unknown scheme"),
  HMAC_UNKNOWN_KEY("HMAC unknown key", "auth_hmac key id that is not configured"),
  HMAC_BAD("HMAC bad", "auth_hmac signature does not verify"),
  HMAC_STALE("HMAC stale", "auth_hmac time stamp outside the window"),
  HMAC_REPLAY("HMAC replay", "auth_hmac number not greater than the last of its sender"),

  PRIORITY_ZERO_RECEIVED(
      "Priority Zero", "Received", "pri_zero_rcvd", "adverts of a master that leaves"),
  PRIORITY_ZERO_SENT("Priority Zero", "Sent", "pri_zero_sent", "times we said that we leave"),

  VERSION("version", "another VRRP version"),
  CHECKSUM("checksum", "checksum verifies in no known style"),
  CHECKSUM_STYLE("checksum style", "checksum verifies only in the style we do not use"),
  TRUNCATED("truncated", "shorter than an IPv4 header and eight bytes"),
  UNKNOWN_VRID("unknown VRID", "no instance of this virtual router id on the interface"),
  NOT_LISTENING("not listening", "arrived in INIT, FAULT or the start-up delay"),
  DESTINATION_KIND("destination", "multicast for a unicast instance, or the reverse"),
  UNICAST_SOURCE("unicast source", "sender is no unicast_peer, or its TTL is out of range"),
  OWN_SOURCE("own source", "carries our own address: looped or forged"),
  OWNER_IGNORED("owner ignores", "we own the addresses and heed nobody"),
  NO_ADDRESS("no address", "version 3 advert without an address (RFC 9568 erratum 8299)"),
  ZERO_INTERVAL("zero interval", "version 3 advert with interval 0 (RFC 9568 erratum 8301)"),
  NOT_LINK_LOCAL(
      "not link-local", "first IPv6 address is not link-local (RFC 9568 erratum 8300); honoured"),
  PRIORITY_ZERO_IGNORED(
      "priority zero ignored", "priority 0 from a router that is not the master we follow"),
  CONFLICT_WON("conflicts won", "times another master was heard that loses against us"),
  DUAL_MASTER_MILLIS("dual master ms", "milliseconds in which another master was heard beside us"),
  OVERSLEPT("overslept", "times we were held up so long that we listened before we spoke"),
  ADVERTS_LOST(
      "adverts lost",
      "times our receive buffer overflowed while we waited for the master, so that we listened"
          + " again before we took over"),
  INTERVAL_LEARNED(
      "interval learned", "version 3 advert with another interval than ours; honoured"),
  SEND_FAILED("send failed", "copies the kernel refused to send"),
  ARP_SENT("gratuitous ARP", "gratuitous ARP packets sent"),
  NA_SENT("neighbour advertisement", "unsolicited neighbour advertisements sent"),
  RESTORED("restored", "addresses, routes and rules that others removed and we put back");

  private final @Nullable String section;
  private final String label;
  private final @Nullable String json;
  private final String meaning;

  VrrpCounter(String label, String meaning) {
    this.section = null;
    this.label = label;
    this.json = null;
    this.meaning = meaning;
  }

  VrrpCounter(String section, String label, String json, String meaning) {
    this.section = section;
    this.label = label;
    this.json = json;
    this.meaning = meaning;
  }

  /** Heading in keepalived's statistics text; empty: directly under the instance; null: ours. */
  public @Nullable String section() {
    return section;
  }

  /** A few words for tables. */
  public String label() {
    return label;
  }

  /** Field of keepalived's JSON {@code stats}; null where keepalived has none. */
  public @Nullable String json() {
    return json;
  }

  /** One line for help texts and metrics. */
  public String meaning() {
    return meaning;
  }
}
