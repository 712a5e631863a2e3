package micromegas.tracing.agent;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Path;

/// `java -jar micromegas-tracing-agent.jar PID [ARGUMENT]`: attaches the agent to a running JVM of
/// the same user.
public final class AttachMain {
  private AttachMain() {}

  /// Exits with 0 when the agent was loaded, with 1 when it was not, and with 2 when the arguments
  /// make no sense.
  public static void main(String[] arguments) {
    System.exit(run(arguments, System.err));
  }

  static int run(String[] arguments, PrintStream err) {
    if (arguments.length < 1 || arguments.length > 2 || !arguments[0].matches("[0-9]+")) {
      err.println(
          "usage: java -jar micromegas-tracing-agent.jar PID ['KEY=VALUE;KEY=VALUE']\n"
              + "loads the agent into a running JVM; once it runs: enabled=false, enabled=true,"
              + " uninstall=true");
      return 2;
    }
    try {
      Path jar =
          Path.of(AttachMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      VirtualMachine jvm = VirtualMachine.attach(arguments[0]);
      try {
        jvm.loadAgent(jar.toString(), arguments.length > 1 ? arguments[1] : null);
      } finally {
        jvm.detach();
      }
      return 0;
    } catch (AttachNotSupportedException
        | AgentLoadException
        | AgentInitializationException
        | IOException
        | URISyntaxException e) {
      err.println("cannot attach to " + arguments[0] + ": " + e.getMessage());
      return 1;
    }
  }
}
