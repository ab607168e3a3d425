/**
 * What the control socket says: records that are the JSON schema. Fields are added, never renamed.
 */
@NullMarked
package dev.sluice.core.api;

import org.jspecify.annotations.NullMarked;
