package dev.sluice.lab;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Gives each test its own {@link Lab}, takes it down afterwards, and shows the logs of its
 * processes when it failed.
 */
@SuppressWarnings("exports") // a test class in an exported package: nobody sees it
public final class LabExtension
    implements ParameterResolver, AfterEachCallback, TestExecutionExceptionHandler {
  private static final ExtensionContext.Namespace STORE =
      ExtensionContext.Namespace.create(LabExtension.class);
  private static final int LOG_LINES = 60;

  /** For JUnit. */
  public LabExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Lab.class;
  }

  @Override
  public Lab resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Needs.root();
    Lab lab = Lab.open();
    context.getStore(STORE).put("lab", lab);
    return lab;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable problem)
      throws Throwable {
    Lab lab = context.getStore(STORE).get("lab", Lab.class);
    if (lab != null && !(problem instanceof TestAbortedException)) {
      System.err.println("==== logs of " + context.getDisplayName() + "\n" + lab.logs(LOG_LINES));
    }
    throw problem;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Lab lab = context.getStore(STORE).remove("lab", Lab.class);
    if (lab != null) {
      lab.close();
    }
  }
}
