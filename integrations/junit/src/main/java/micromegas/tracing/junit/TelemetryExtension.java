package micromegas.tracing.junit;

import java.lang.reflect.Method;
import java.util.Objects;
import java.util.Optional;
import micromegas.tracing.SpanContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/// Does what [RecordTelemetry] says.
public final class TelemetryExtension
    implements BeforeEachCallback, AfterEachCallback, InvocationInterceptor, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(TelemetryExtension.class);
  private static final String PARALLEL = "junit.jupiter.execution.parallel.enabled";

  /// For JUnit.
  public TelemetryExtension() {}

  /// What a test has between its set-up and its tear-down.
  private record Running(TestRun test, SpanContext.Attached context) {}

  @Override
  public void beforeEach(ExtensionContext context) {
    TestRun test = session(context).begin();
    context.getStore(NAMESPACE).put(Running.class, new Running(test, test.context().attach()));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Running running = context.getStore(NAMESPACE).remove(Running.class, Running.class);
    if (running == null) {
      return; // another extension has failed before
    }
    Session session = session(context);
    running.context().close();
    Throwable failure = context.getExecutionException().orElse(null);
    if (failure != null && !(failure instanceof TestAbortedException)) {
      String report = session.report(running.test());
      failure.addSuppressed(new TestTelemetry(report));
      context.publishReportEntry("telemetry", report);
    }
    session.end(running.test());
  }

  // ---- the test itself, which may be on a thread of its own

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    within(invocation, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    within(invocation, context);
  }

  @Override
  public <T extends @Nullable Object> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    return within(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<@Nullable Void> invocation,
      DynamicTestInvocationContext dynamic,
      ExtensionContext context)
      throws Throwable {
    within(invocation, context);
  }

  /// Threads that are forked inside inherit the context where the JDK can do that.
  @SuppressWarnings("NullAway") // what the invocation returns
  private static <T extends @Nullable Object> T within(
      Invocation<T> invocation, ExtensionContext context) throws Throwable {
    Running running = running(context).orElse(null);
    if (running == null) {
      return invocation.proceed();
    }
    session(context).runsOn(running.test(), Thread.currentThread());
    Throwable[] failure = {null};
    T result =
        running
            .test()
            .context()
            .call(() -> {
              try {
                return invocation.proceed();
              } catch (Throwable e) {
                failure[0] = e;
                return null;
              }
            });
    if (failure[0] != null) {
      throw failure[0];
    }
    return result;
  }

  // ---- parameters

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RecordedTelemetry.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Session session = session(context);
    return new RecordedTelemetry(
        session,
        () ->
            running(context)
                .map(Running::test)
                .or(session::current) // for what belongs to the class
                .orElseThrow(
                    () -> new IllegalStateException("no recorded test goes on on this thread")));
  }

  private static Optional<Running> running(ExtensionContext context) {
    return Optional.ofNullable(context.getStore(NAMESPACE).get(Running.class, Running.class));
  }

  /// One for all classes, which is in use until those that need it are over.
  @SuppressWarnings("deprecation") // JUnit 5 has no other
  private static Session session(ExtensionContext context) {
    Session session =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(
                Session.class,
                key -> new Session(lines(context), runsInParallel(context)),
                Session.class);
    Objects.requireNonNull(session);
    ExtensionContext ofClass = context;
    while (ofClass.getTestMethod().isPresent() && ofClass.getParent().isPresent()) {
      ofClass = ofClass.getParent().get();
    }
    ofClass
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Session.Use.class, key -> session.new Use(), Session.Use.class);
    return session;
  }

  private static int lines(ExtensionContext context) {
    return context
        .getConfigurationParameter(Session.LINES)
        .map(Session::lines)
        .orElse(Session.DEFAULT_LINES);
  }

  private static boolean runsInParallel(ExtensionContext context) {
    return context.getConfigurationParameter(PARALLEL).map(Boolean::parseBoolean).orElse(false);
  }
}
