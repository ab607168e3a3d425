/** libbpf and bpf(2): objects, maps, programs, links, pins, test-run. */
@NullMarked
package dev.sluice.linux.bpf;

import org.jspecify.annotations.NullMarked;
