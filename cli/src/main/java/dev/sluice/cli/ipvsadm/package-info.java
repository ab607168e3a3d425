/** ipvsadm's command line and listings, over the running daemon instead of the kernel's IPVS. */
@NullMarked
package dev.sluice.cli.ipvsadm;

import org.jspecify.annotations.NullMarked;
