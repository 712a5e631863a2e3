package micromegas.programs;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/// Does what lines of the standard input say: `call`, and a bean's operation or attribute.
public final class SwitchProgram {
  private SwitchProgram() {}

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    WovenMethods methods = new WovenMethods(0);
    System.out.println("pid " + ProcessHandle.current().pid());
    try (Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8)) {
      while (lines.hasNextLine()) {
        String line = lines.nextLine();
        if (line.equals("call")) {
          methods.plain();
          report.print("called");
        } else {
          System.out.println(line + " " + bean(line));
        }
      }
    }
  }

  private static Object bean(String command) throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName("micromegas:type=Agent");
    return switch (command) {
      case "wait" -> {
        while (!server.isRegistered(name)) {
          Thread.onSpinWait();
        }
        yield "done";
      }
      case "off" -> {
        server.setAttribute(name, new javax.management.Attribute("Enabled", false));
        yield "done";
      }
      case "uninstall", "install" -> server.invoke(name, command, null, null);
      default -> server.getAttribute(name, command);
    };
  }
}
