package micromegas.tracing.agent;

import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;
import micromegas.tracing.SpanContext;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import micromegas.tracing.Ticks;
import micromegas.tracing.agent.advice.Advice;
import micromegas.tracing.agent.advice.Advices;
import micromegas.tracing.agent.boot.AgentHooks;
import micromegas.tracing.agent.context.TaskContexts;
import micromegas.tracing.agent.select.AdviceKind;
import micromegas.tracing.agent.select.AnnotatedMethods;
import micromegas.tracing.agent.select.ExecutorMethods;
import micromegas.tracing.agent.select.FixedMethods;
import micromegas.tracing.agent.select.JdbcMethods;
import micromegas.tracing.agent.select.NettyMethods;
import micromegas.tracing.agent.select.PatternMethods;
import micromegas.tracing.agent.select.Selector;
import micromegas.tracing.agent.select.ServletMethods;
import micromegas.tracing.agent.select.SpanForms;
import micromegas.tracing.jfr.JfrRecorder;
import micromegas.tracing.jfr.JfrSettings;
import org.jspecify.annotations.Nullable;

/// Puts the agent together. One in a JVM.
final class Agent {
  private static final String CPU_TRACING = "MICROMEGAS_ENABLE_CPU_TRACING";
  private static final List<String> OWN_CLASSES =
      List.of("micromegas.tracing.", "micromegas.transit.", "org.objectweb.asm.");

  private final AgentSettings settings;
  private final AgentControl control;

  private Agent(AgentSettings settings, AgentControl control) {
    this.settings = settings;
    this.control = control;
  }

  AgentControl control() {
    return control;
  }

  /// Starts an agent. The hooks must be on the boot class path already, also before this class is
  /// loaded: it links with them.
  ///
  /// @param early whether the application has not started yet
  /// @throws IllegalStateException when there is another agent, of another jar
  static Agent start(
      AgentSettings settings, Instrumentation instrumentation, boolean early, AgentOutput output) {
    SpanForms forms = new SpanForms();
    TaskContexts contexts = new TaskContexts();
    Advices advices =
        new Advices(
            contexts, settings.maxNames(), settings.maxSqlLength(), settings.requestPolicy());
    RecordingHandler handler = new RecordingHandler(forms, advices, contexts);
    if (!AgentHooks.install(handler)) {
      throw new IllegalStateException("there is another agent in this JVM already");
    }
    WeavingTransformer transformer =
        new WeavingTransformer(selectors(settings, forms), OWN_CLASSES, output);
    AgentControl control = new AgentControl(instrumentation, transformer, handler, early, output);
    Agent agent = new Agent(settings, control);
    agent.startTelemetry();
    warmUp(contexts, advices);
    if (settings.enabled()) {
      installOrRestore(control);
    }
    agent.startInBackground(output);
    return agent;
  }

  private static void installOrRestore(AgentControl control) {
    try {
      control.install();
    } catch (RuntimeException | LinkageError e) {
      control.uninstall();
      throw e;
    }
  }

  private static List<Selector> selectors(AgentSettings settings, SpanForms forms) {
    List<Selector> selectors = new ArrayList<>();
    for (AgentSettings.Part part : settings.parts()) {
      switch (part) {
        case METHODS -> {
          selectors.add(new AnnotatedMethods(settings.annotations(), forms));
          selectors.add(new PatternMethods(settings.methods(), settings.minInstructions(), forms));
        }
        case CONTEXT -> {
          selectors.add(FixedMethods.contexts());
          selectors.addAll(ExecutorMethods.selectors());
        }
        case JDBC -> selectors.add(new JdbcMethods());
        case HTTP_CLIENT -> selectors.add(FixedMethods.httpClient());
        case HTTP_SERVER -> selectors.add(FixedMethods.httpServer());
        case SERVLET -> selectors.add(new ServletMethods());
        case NETTY -> selectors.add(new NettyMethods());
      }
    }
    return selectors;
  }

  private void startTelemetry() {
    if (!settings.telemetry()) {
      return;
    }
    TelemetryBuilder builder = Telemetry.builder().reuse(true).givesWay(true);
    Boolean spans = settings.spans();
    if (spans != null) {
      builder.spans(spans);
    } else if (isUnset(System.getenv(CPU_TRACING))
        && isUnset(System.getProperty("micromegas.enable.cpu.tracing"))) {
      builder.spans(true);
    }
    builder.start();
  }

  private static boolean isUnset(@Nullable String value) {
    return value == null || value.isBlank();
  }

  /// Loads what hooks need before the JDK's own classes call them.
  private static void warmUp(TaskContexts contexts, Advices advices) {
    Advice worker = advices.get(AdviceKind.ADD_WORKER.ordinal());
    Object token = worker.enter(null, null);
    if (token != null) {
      worker.exit(null, null, token);
    }
    advices.get(AdviceKind.FORK_JOIN_RUN.ordinal()).enter(new Object(), null);
    contexts.submitted(new Object());
    contexts.run(() -> {});
    contexts.quiet(0);
    SpanContext.current().attach().close();
    contexts.starting(new Thread(Ticks::now));
  }

  private void startInBackground(AgentOutput output) {
    if (!settings.jfr() && !settings.mbean()) {
      return;
    }
    Thread thread =
        new Thread(
            () -> {
              if (settings.jfr()) {
                startJfr(output);
              }
              if (settings.mbean()) {
                registerBean(output);
              }
            },
            "micromegas-agent");
    thread.setDaemon(true);
    thread.start();
  }

  private static void startJfr(AgentOutput output) {
    try {
      JfrRecorder.start(JfrSettings.fromEnvironment());
    } catch (RuntimeException | LinkageError e) {
      output.warn("no events of the flight recorder: " + e.getMessage());
    }
  }

  private void registerBean(AgentOutput output) {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .registerMBean(control, new ObjectName("micromegas:type=Agent"));
    } catch (JMException | RuntimeException e) {
      output.warn("no management bean: " + e.getMessage());
    }
  }
}
