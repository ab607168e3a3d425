package dev.sluice.config.model;

import org.jspecify.annotations.Nullable;

/**
 * {@code use_vmac} or {@code use_ipvlan}: the instance has an interface of its own.
 *
 * @param name null: prefix and VRID
 * @param mac five or six octets; null: the group's
 * @param group of the interface; null: none
 * @param forAddresses an interface for addresses on other devices, too
 * @param transmitOnBase adverts use the parent
 * @param ipvlan an ipvlan, no macvlan
 * @param ipvlanAddress of the ipvlan; null: none
 * @param ipvlanMode {@code bridge}, {@code private}, {@code vepa}
 */
public record VirtualMac(
    @Nullable String name,
    @Nullable String mac,
    @Nullable String group,
    boolean forAddresses,
    boolean transmitOnBase,
    boolean ipvlan,
    @Nullable String ipvlanAddress,
    @Nullable String ipvlanMode) {}
