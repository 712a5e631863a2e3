package micromegas.programs;

import java.io.File;
import java.nio.file.Files;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/// Answers requests with Tomcat; with an argument it says how much processor time its start took.
public final class TomcatProgram {
  private TomcatProgram() {}

  public static void main(String[] arguments) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    if (arguments.length > 0) {
      Tomcat tomcat = start();
      System.out.println(
          "cpu " + ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis());
      tomcat.stop();
      tomcat.destroy();
      return;
    }
    Report report = new Report();
    Tomcat tomcat = start();
    ServletScenarios.run(new HttpCalls(tomcat.getConnector().getLocalPort(), "/shop1"), report);
    tomcat.stop();
    tomcat.destroy();
  }

  private static Tomcat start() throws Exception {
    File folder = Files.createTempDirectory("tomcat").toFile();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(folder.getPath());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("/shop1", folder.getPath());
    FilterDef filter = new FilterDef();
    filter.setFilterName("passing");
    filter.setFilter(new ServletScenarios.PassingFilter());
    filter.setAsyncSupported("true");
    context.addFilterDef(filter);
    FilterMap filtered = new FilterMap();
    filtered.setFilterName("passing");
    filtered.addURLPattern(ServletScenarios.FILTERED);
    filtered.setDispatcher("REQUEST");
    filtered.setDispatcher("ASYNC");
    filtered.setDispatcher("ERROR");
    context.addFilterMap(filtered);
    add(context, new ServletScenarios.Plain(), "plain", "/plain/*", "/v2/list2");
    add(context, new ServletScenarios.Failing(), "failing", "/throws", "/error");
    add(context, new ServletScenarios.Later(), "later", "/async/*");
    tomcat.start();
    return tomcat;
  }

  private static void add(
      Context context, jakarta.servlet.Servlet servlet, String name, String... patterns) {
    Wrapper wrapper = Tomcat.addServlet(context, name, servlet);
    wrapper.setAsyncSupported(true);
    for (String pattern : patterns) {
      context.addServletMappingDecoded(pattern, name);
    }
  }
}
