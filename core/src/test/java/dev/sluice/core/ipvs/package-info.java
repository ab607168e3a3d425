@NullMarked
package dev.sluice.core.ipvs;

import org.jspecify.annotations.NullMarked;
