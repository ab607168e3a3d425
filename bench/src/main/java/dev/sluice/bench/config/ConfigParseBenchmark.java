package dev.sluice.bench.config;

import dev.sluice.config.ConfigEnvironment;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.LoadResult;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Text to model, without the file. The sizes grow tenfold: so must the time, and no faster. {@code
 * ./dev bench jmh} runs it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ConfigParseBenchmark {
  /** How many virtual servers, each with ten real servers. */
  @Param({"100", "1000", "10000"})
  public int virtualServers;

  private String text = "";
  private ConfigEnvironment environment = ConfigEnvironment.ofThisMachine();

  /** For JMH. */
  public ConfigParseBenchmark() {}

  /** The text, made once. */
  @Setup
  public void generate() {
    text = new LargeConfiguration(virtualServers, 10).text();
    environment = ConfigEnvironment.ofThisMachine();
  }

  /** Reads and validates it. */
  @Benchmark
  public LoadResult parse() {
    return ConfigLoader.parse("large.conf", text, environment);
  }
}
