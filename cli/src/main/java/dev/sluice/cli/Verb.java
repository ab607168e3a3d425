package dev.sluice.cli;

import dev.sluice.core.RuntimeDir;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One verb of {@code sluice}. */
interface Verb {
  /**
   * Declares its options. {@code --help} and {@code --runtime-dir} are every verb's and need no
   * mention.
   *
   * @param spec named already
   */
  void declare(CommandSpec spec);

  /**
   * Does it.
   *
   * @return the exit code
   * @throws CommandException to end with one sentence
   */
  int run(ParseResult line, Context context);

  /**
   * What a verb works with.
   *
   * @param runtime of {@code --runtime-dir}, the environment, or the default
   * @param runtimeAsked whether one of the first two was given
   */
  record Context(Terminal terminal, RuntimeDir runtime, boolean runtimeAsked) {}
}
