package dev.sluice.lab.vrrp;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link Scenario} once for each pair of programs, and gives it the {@link Pairing}. */
final class ScenarioExtension implements TestTemplateInvocationContextProvider {
  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return scenario(context) != null;
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Scenario scenario = java.util.Objects.requireNonNull(scenario(context));
    return Arrays.stream(scenario.value())
        .limit(everyPair() ? Long.MAX_VALUE : scenario.ordinary())
        .map(Invocation::new);
  }

  private static @org.jspecify.annotations.Nullable Scenario scenario(ExtensionContext context) {
    return context.getRequiredTestMethod().getAnnotation(Scenario.class);
  }

  /** Whether this run leaves nothing out, as {@code ./dev it} does. */
  private static boolean everyPair() {
    return !System.getProperty("sluice.excludedGroups", "long").contains("long");
  }

  private record Invocation(Pairing pairing) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int index) {
      return pairing.toString();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new Parameter(pairing));
    }
  }

  private record Parameter(Pairing pairing) implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Pairing.class;
    }

    @Override
    public Pairing resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return pairing;
    }
  }
}
