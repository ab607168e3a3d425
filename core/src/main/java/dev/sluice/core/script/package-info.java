/** Running the operator's commands: when, as whom, and for how long. Never through a shell. */
@NullMarked
package dev.sluice.core.script;

import org.jspecify.annotations.NullMarked;
