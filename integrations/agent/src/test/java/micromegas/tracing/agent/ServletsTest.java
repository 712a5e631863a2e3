package micromegas.tracing.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import micromegas.programs.Nothing;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests to servlets in real containers, in JVMs of their own: their spans end when they are
/// complete, wherever that happens.
class ServletsTest {
  static List<Path> javas() throws Exception {
    return ChildJvm.javas();
  }

  private static void check(List<String> output) {
    assertThat(output)
        .contains(
            "/plain/7/lines 204",
            "/v2/list2 204",
            "/async/complete 204",
            "/async/start 204",
            "/async/early 200",
            "/async/dispatch 204",
            "/async/again 204",
            "/async/timeout 500",
            "/async/status 502",
            "/throws 500",
            "/error 503");
    assertOneSpan(output, "/plain/7/lines", "GET /shop1/plain/*/lines", 1);
    assertOneSpan(output, "/v2/list2", "GET /shop1/v2/list2", 1);
    assertOneSpan(output, "/async/complete", "GET /shop1/async/complete", 1);
    assertOneSpan(output, "/async/start", "GET /shop1/async/start", 1);
    assertOneSpan(output, "/async/early", "GET /shop1/async/early", 0);
    assertOneSpan(output, "/async/dispatch", "GET /shop1/async/dispatch", 2);
    assertOneSpan(output, "/async/again", "GET /shop1/async/again", 4);
    String failed = " failed: ";
    assertOneSpan(output, "/async/timeout", "GET /shop1/async/timeout", 0, failed + "timed out");
    assertOneSpan(output, "/async/status", "GET /shop1/async/status", 1, failed + "status 502");
    assertOneSpan(
        output,
        "/throws",
        "GET /shop1/throws",
        0,
        failed + "java.lang.IllegalStateException: on purpose");
    assertOneSpan(output, "/error", "GET /shop1/error", 0, failed + "status 503");
  }

  /// One span for the request, from before all that was done for it until after.
  private static void assertOneSpan(
      List<String> output, String title, String name, int works, String... failures) {
    List<String> lines = AgentTest.section(output, title);
    assertThat(lines)
        .as(title)
        .hasSize(2 + 2 * works + failures.length + 1)
        .startsWith("begin " + name + " < none")
        .endsWith("open 0");
    List<String> inside = lines.subList(1, 1 + 2 * works);
    for (int i = 0; i < works; i++) {
      assertThat(inside.get(2 * i)).as(title).isEqualTo("begin ServletScenarios::work < " + name);
      assertThat(inside.get(2 * i + 1)).as(title).isEqualTo("end ServletScenarios::work");
    }
    assertThat(lines.get(1 + 2 * works)).as(title).isEqualTo("end " + name);
    for (int i = 0; i < failures.length; i++) {
      assertThat(lines.get(2 + 2 * works + i)).isEqualTo("log " + name + failures[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("javas")
  void tomcat(Path java) throws Exception {
    String classPath =
        ChildJvm.classPath(
            Nothing.class,
            org.apache.catalina.startup.Tomcat.class,
            jakarta.annotation.Resource.class);
    check(AgentTest.run(java, "", classPath, "TomcatProgram"));
  }

  private static String jettyClassPath(Class<?>... more) {
    return ChildJvm.classPath(
            Nothing.class,
            org.eclipse.jetty.security.SecurityHandler.class,
            org.eclipse.jetty.session.SessionHandler.class,
            org.eclipse.jetty.server.Server.class,
            org.eclipse.jetty.http.HttpField.class,
            org.eclipse.jetty.io.Connection.class,
            org.eclipse.jetty.util.Callback.class,
            org.slf4j.Logger.class)
        + File.pathSeparator
        + ChildJvm.classPath(more);
  }

  @ParameterizedTest
  @MethodSource("javas")
  void jetty(Path java) throws Exception {
    String classPath =
        jettyClassPath(
            jakarta.servlet.Servlet.class,
            org.eclipse.jetty.ee10.servlet.ServletContextHandler.class);
    check(AgentTest.run(java, "", classPath, "JettyProgram"));
    detailsOfQuickRequestsAreDropped(
        AgentTest.run(java, "requests_slower_than=600000", classPath, "JettyProgram"));
  }

  private static void detailsOfQuickRequestsAreDropped(List<String> output) {
    assertThat(output)
        .contains("/plain/7/lines 204", "/async/status 502", "/error 503")
        .contains("begin GET /shop1/error < none", "end GET /shop1/error")
        .contains("begin GET /shop1/async/status < none", "end GET /shop1/async/status")
        .noneMatch(line -> line.contains("GET /shop1/plain") || line.contains("/dispatch <"));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void servletsOfJavax(Path java) throws Exception {
    String classPath =
        jettyClassPath(
            javax.servlet.Servlet.class,
            org.eclipse.jetty.ee8.servlet.ServletContextHandler.class,
            org.eclipse.jetty.ee8.nested.ContextHandler.class,
            org.eclipse.jetty.ee8.security.Authenticator.class);
    List<String> output =
        AgentTest.run(java, "", classPath, "JavaxProgram").stream()
            .map(line -> line.replace("JavaxProgram::", "ServletScenarios::"))
            .toList();
    assertThat(output).contains("/plain 204", "/complete 204", "/dispatch 204", "/throws 500");
    assertOneSpan(output, "/plain", "GET /orders/*/plain", 1);
    assertOneSpan(output, "/complete", "GET /orders/*/complete", 1);
    assertOneSpan(output, "/dispatch", "GET /orders/*/dispatch", 2);
    assertOneSpan(
        output, "/throws", "GET /orders/*/throws", 0, " failed: java.io.IOException: on purpose");
  }
}
