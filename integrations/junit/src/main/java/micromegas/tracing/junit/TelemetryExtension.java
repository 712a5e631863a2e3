package micromegas.tracing.junit;

import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/// Does what [RecordTelemetry] says. Tests that register it in another way must see to it that they
/// do not run at the same time.
public final class TelemetryExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(TelemetryExtension.class);

  /// For JUnit.
  public TelemetryExtension() {}

  @Override
  public void beforeEach(ExtensionContext context) {
    session(context).begin();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Throwable failure = context.getExecutionException().orElse(null);
    if (failure == null || failure instanceof TestAbortedException) {
      return;
    }
    String report = session(context).report();
    failure.addSuppressed(new TestTelemetry(report));
    context.publishReportEntry("telemetry", report);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RecordedTelemetry.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return new RecordedTelemetry(session(context));
  }

  /// One per class, which closes with it.
  @SuppressWarnings("deprecation") // JUnit 5 has no other
  private static Session session(ExtensionContext context) {
    ExtensionContext ofClass = context;
    while (ofClass.getTestMethod().isPresent() && ofClass.getParent().isPresent()) {
      ofClass = ofClass.getParent().get();
    }
    Session session =
        ofClass
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(Session.class, key -> new Session(lines(context)), Session.class);
    return Objects.requireNonNull(session);
  }

  private static int lines(ExtensionContext context) {
    return context
        .getConfigurationParameter(Session.LINES)
        .map(Session::lines)
        .orElse(Session.DEFAULT_LINES);
  }
}
