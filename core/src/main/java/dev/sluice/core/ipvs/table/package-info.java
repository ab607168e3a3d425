/** The rules made by hand as a value: what a change does to them. */
@NullMarked
package dev.sluice.core.ipvs.table;

import org.jspecify.annotations.NullMarked;
