package dev.sluice.config.model;

import java.time.Duration;

/**
 * How the new master tells the segment where an address lives now.
 *
 * @param delay the second burst comes this long after the first; zero: no second burst
 * @param repeat packets per burst and address
 * @param refresh period of the refreshing burst; zero: none
 * @param refreshRepeat packets of the refreshing burst
 * @param lowerPrioDelay second burst after a lower-priority advert was heard; zero: none
 * @param lowerPrioRepeat packets at once after a lower-priority advert was heard
 * @param interval gap between two packets; zero: back to back
 */
public record GarpSettings(
    Duration delay,
    int repeat,
    Duration refresh,
    int refreshRepeat,
    Duration lowerPrioDelay,
    int lowerPrioRepeat,
    Duration interval) {

  /** keepalived's values where nothing is written. */
  public static GarpSettings defaults() {
    return new GarpSettings(
        Duration.ofSeconds(5), 5, Duration.ZERO, 1, Duration.ofSeconds(5), 5, Duration.ZERO);
  }
}
