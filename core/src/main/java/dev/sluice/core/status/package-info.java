/** From what runs to the records of the API. */
@NullMarked
package dev.sluice.core.status;

import org.jspecify.annotations.NullMarked;
