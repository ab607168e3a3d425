/**
 * libbpf and bpf(2): objects, maps, programs, links, pins, test-run.
 *
 * <p>Loading goes through {@code libbpf.so.1} (relocations, BTF); everything after that is bpf(2).
 * Objects own file descriptors and are closed by whoever made them. Every class but {@link
 * dev.sluice.linux.bpf.BpfSpec} may be used from several threads; network devices are named by
 * their index in the network namespace of the calling thread.
 */
@NullMarked
package dev.sluice.linux.bpf;

import org.jspecify.annotations.NullMarked;
