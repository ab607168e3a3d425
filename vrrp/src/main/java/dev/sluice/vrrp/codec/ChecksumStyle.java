package dev.sluice.vrrp.codec;

/** What the checksum of an IPv4 advert covers besides the message. */
public enum ChecksumStyle {
  /** Version 2 always; version 3 as RFC 9568, Cisco and Arista read it. */
  PLAIN("without pseudo header (RFC 9568, v3_checksum_as_v2)"),
  /** Version 3 as RFC 5798, keepalived and FRR read it. */
  PSEUDO_HEADER("with pseudo header (RFC 5798)"),
  /** Version 3 unicast of keepalived up to 1.3.6: the group stands for the destination. */
  PSEUDO_HEADER_OF_GROUP("with the group in the pseudo header (old_unicast_checksum)");

  private final String words;

  ChecksumStyle(String words) {
    this.words = words;
  }

  /** For messages. */
  public String words() {
    return words;
  }
}
