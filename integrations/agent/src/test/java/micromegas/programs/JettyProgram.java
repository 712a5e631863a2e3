package micromegas.programs;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Servlet;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// Answers requests with Jetty.
public final class JettyProgram {
  private JettyProgram() {}

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/shop1");
    FilterHolder filter = new FilterHolder(new ServletScenarios.PassingFilter());
    filter.setAsyncSupported(true);
    context.addFilter(filter, ServletScenarios.FILTERED, EnumSet.allOf(DispatcherType.class));
    add(context, new ServletScenarios.Plain(), "/plain/*", "/v2/list2");
    add(context, new ServletScenarios.Failing(), "/throws", "/error");
    add(context, new ServletScenarios.Later(), "/async/*");
    server.setHandler(context);
    server.start();
    ServletScenarios.run(new HttpCalls(connector.getLocalPort(), "/shop1"), report);
    server.stop();
    report.printInOrder("stopped");
  }

  private static void add(ServletContextHandler context, Servlet servlet, String... patterns) {
    ServletHolder holder = new ServletHolder(servlet);
    holder.setAsyncSupported(true);
    for (String pattern : patterns) {
      context.addServlet(holder, pattern);
    }
  }
}
