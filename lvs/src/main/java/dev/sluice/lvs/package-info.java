/** The table of virtual services and the {@link dev.sluice.lvs.Plane} that makes it true. */
@NullMarked
package dev.sluice.lvs;

import org.jspecify.annotations.NullMarked;
