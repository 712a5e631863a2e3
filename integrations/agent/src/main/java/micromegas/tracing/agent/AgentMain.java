package micromegas.tracing.agent;

import java.io.PrintStream;
import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/// Where the JVM starts the agent: with `-javaagent` before the application, or in a running one. A
/// failure is printed, and the application runs without it.
public final class AgentMain {
  private static @Nullable Agent running;

  private AgentMain() {}

  /// With `-javaagent`.
  public static void premain(@Nullable String argument, Instrumentation instrumentation) {
    start(argument, instrumentation, true);
  }

  /// In a running JVM. The agent that is there already does what the argument says: `enabled=false`
  /// switches it off, `enabled=true` on, `uninstall=true` restores all classes.
  public static void agentmain(@Nullable String argument, Instrumentation instrumentation) {
    start(argument, instrumentation, false);
  }

  private static synchronized void start(
      @Nullable String argument, Instrumentation instrumentation, boolean early) {
    PrintStream out = System.err;
    try {
      Agent there = running;
      if (there != null) {
        AgentCommand.parse(argument).apply(there.control());
        return;
      }
      AgentSettings settings = AgentSettings.read(argument, System::getProperty, System::getenv);
      BootClassPath.append(instrumentation);
      running =
          Agent.start(settings, instrumentation, early, new AgentOutput(out, settings.verbose()));
    } catch (Exception | LinkageError e) {
      out.println(
          "[micromegas agent] not started, the application runs without it: " + e.getMessage());
    }
  }
}
