package dev.sluice.lab.vrrp;

import dev.sluice.lab.LabExtension;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A scenario of two routers, told once and run with several pairs of programs. The ordinary run
 * takes the first {@link #ordinary} of them, {@code ./dev it} takes all. Its waits overlap with
 * those of the other scenarios of its class.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@Tag("netns")
@Tag("keepalived")
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith({LabExtension.class, ScenarioExtension.class})
@interface Scenario {
  /** The pairs it makes sense for, the most telling first. */
  Pairing[] value() default {
    Pairing.SLUICE_KEEPALIVED, Pairing.KEEPALIVED_SLUICE, Pairing.SLUICE_SLUICE
  };

  /** How many of them an ordinary run takes. */
  int ordinary() default 1;
}
