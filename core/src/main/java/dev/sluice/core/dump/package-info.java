/**
 * keepalived's dump files, in its formats: the data, the statistics and the JSON that monitoring
 * reads after a signal.
 */
@NullMarked
package dev.sluice.core.dump;

import org.jspecify.annotations.NullMarked;
