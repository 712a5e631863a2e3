package micromegas.tracing.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import micromegas.programs.Nothing;
import micromegas.tracing.Telemetry;
import micromegas.transit.BlockInfo;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The agent in JVMs of its own.
class AgentTest {
  static List<Path> javas() throws Exception {
    return ChildJvm.javas();
  }

  static List<String> run(Path java, String argument, String classPath, String program)
      throws Exception {
    return run(java, List.of(), argument, classPath, program);
  }

  /// Runs a program in a JVM that verifies what is woven into the JDK, too.
  private static List<String> runVerified(Path java, String classPath, String program)
      throws Exception {
    List<String> verifying =
        List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+BytecodeVerificationLocal");
    return run(java, verifying, "", classPath, program);
  }

  private static List<String> run(
      Path java, List<String> options, String argument, String classPath, String program)
      throws Exception {
    List<String> arguments = new ArrayList<>(options);
    arguments.add("-javaagent:" + AgentJar.path() + (argument.isEmpty() ? "" : "=" + argument));
    arguments.addAll(List.of("-cp", classPath, "micromegas.programs." + program));
    List<String> output = ChildJvm.run(java, Map.of(), arguments);
    assertThat(output).noneMatch(line -> line.startsWith("[micromegas agent]"));
    return output;
  }

  /// The lines behind a title.
  static List<String> section(List<String> output, String title) {
    int from = output.indexOf("== " + title) + 1;
    assertThat(from).as("%s in %s", title, output).isPositive();
    int to = from;
    while (!output.get(to).startsWith("open ")) {
      to++;
    }
    return new ArrayList<>(output.subList(from, to + 1));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void methodsAreSpans(Path java) throws Exception {
    List<String> output =
        run(
            java,
            "methods=micromegas.programs.Woven*#named,micromegas.programs.Woven*#acc*"
                + ";annotations=micromegas.programs.Traced",
            ChildJvm.classPath(Nothing.class),
            "SpansProgram");
    checkSpans(output);
    List<String> patterns = section(output, "patterns");
    assertThat(patterns).hasSize(3);
    assertThat(patterns.get(0)).matches("thread 0 WovenMethods::named :\\d+");
    assertThat(patterns.get(1)).matches("thread 0 WovenMethods::of another library :\\d+");
  }

  private static void checkSpans(List<String> output) {
    // The constructor calls a woven method, and is none itself.
    assertThat(section(output, "constructor"))
        .element(0)
        .asString()
        .startsWith("thread 0 WovenMethods::branching");
    assertThat(section(output, "constructor")).hasSize(2);
    assertThat(section(output, "plain"))
        .hasSize(3)
        .satisfies(lines -> {
          assertThat(lines.get(0)).matches("thread 0 WovenMethods::plain :\\d\\d+");
          assertThat(lines.get(1)).matches("thread 1 WovenMethods::the inner one :\\d\\d+");
          assertThat(lines.get(2)).isEqualTo("open 0");
        });
    assertThat(output).contains("branching 26", "throwing 7", "thrown on purpose in throwing");
    assertThat(section(output, "throwing")).hasSize(3).endsWith("open 0");
    assertThat(output).contains("now later");
    assertThat(section(output, "later"))
        .containsExactly(
            "async WovenMethods::later < none",
            "async WovenMethods::nested < WovenMethods::later",
            "open 0");
    assertThat(output).contains("one sent two");
    assertThat(section(output, "orders"))
        .hasSize(3)
        .contains("async AnnotatedOrders::send mail < none", "open 0")
        .element(0)
        .asString()
        .startsWith("thread 0 AnnotatedOrders::place");
    assertThat(output).contains("failed before there is a stage", "nothing null");
    assertThat(section(output, "failing"))
        .containsExactly(
            "async WovenMethods::failing < none", "async WovenMethods::nothing < none", "open 0");
  }

  @ParameterizedTest
  @MethodSource("javas")
  void methodsOfAllKindsOfClassesAreSpans(Path java) throws Exception {
    List<String> output = run(java, "", ChildJvm.classPath(Nothing.class), "ShapesProgram");
    assertThat(names(output, "interfaces"))
        .containsExactly(
            "thread 0 ShapesProgram$Shape::described",
            "thread 1 ShapesProgram$Shape::hidden",
            "thread 1 ShapesProgram$Square::area",
            "thread 0 ShapesProgram$Shape::unit");
    // A method and the bridge to it are one.
    assertThat(names(output, "bridges"))
        .containsExactly(
            "thread 0 ShapesProgram$Bridged::compare", "thread 0 ShapesProgram$Bridged::compare");
    assertThat(names(output, "recursion"))
        .containsExactly(
            "thread 0 ShapesProgram::countDown",
            "thread 1 ShapesProgram::countDown",
            "thread 2 ShapesProgram::countDown",
            "thread 3 ShapesProgram::countDown");
    assertThat(names(output, "enums")).containsExactly("thread 0 ShapesProgram$Planet$1::mass");
    assertThat(output).contains("overflown");
    assertThat(names(output, "overflow")).isEmpty();
    assertThat(names(output, "after the overflow"))
        .element(0)
        .isEqualTo("thread 0 ShapesProgram$Shape::described");
    assertThat(names(output, "loaders"))
        .containsExactly(
            "thread 0 ShapesProgram$Alone::call", "thread 0 ShapesProgram$Alone::call");
  }

  /// The lines behind a title without numbers of lines; all spans have ended.
  private static List<String> names(List<String> output, String title) {
    List<String> lines = section(output, title);
    assertThat(lines).as(title).endsWith("open 0");
    return lines.stream()
        .limit(lines.size() - 1)
        .map(line -> line.substring(0, line.indexOf(" :")))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("javas")
  void anApplicationThatHasTheLibraryItselfRecordsInIt(Path java) throws Exception {
    String classPath =
        ChildJvm.classPath(Nothing.class, Telemetry.class, BlockInfo.class, LZ4Factory.class);
    checkSpans(run(java, "", classPath, "SpansProgram"));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void eventsOfTheFlightRecorderGoToTheTelemetryThatRuns(Path java) throws Exception {
    assertThat(run(java, "jfr=true", ChildJvm.classPath(Nothing.class), "PausesProgram"))
        .singleElement()
        .asString()
        .startsWith("found ");
  }

  @ParameterizedTest
  @MethodSource("javas")
  void contextsGoAlongWithTasksAndThreads(Path java) throws Exception {
    List<String> output = runVerified(java, ChildJvm.classPath(Nothing.class), "ContextProgram");
    List<String> answers = output.subList(0, output.indexOf("== contexts"));
    assertThat(answers)
        .hasSizeGreaterThanOrEqualTo(20)
        .contains("removed true", "shared [0, 0]")
        .allMatch(AgentTest::isRight);
    assertThat(answers.stream().filter("afterwards 0"::equals)).hasSize(4);
  }

  /// Structured concurrency is in preview, with the API of JDK 25.
  @Test
  void contextsGoAlongWithStructuredForks() throws Exception {
    List<String> output =
        ChildJvm.run(
            ChildJvm.javas().get(0),
            Map.of(),
            List.of(
                "-javaagent:" + AgentJar.path(),
                "--enable-preview",
                "-cp",
                ChildJvm.classPath(Nothing.class),
                "micromegas.programs.ContextProgram",
                "structured"));
    assertThat(output).contains("structured fork same");
  }

  private static boolean isRight(String answer) {
    return answer.endsWith(" same")
        || answer.equals("afterwards 0")
        || answer.endsWith(" true")
        || answer.equals("shared [0, 0]");
  }

  @ParameterizedTest
  @MethodSource("javas")
  void contextsGoAlongWithTasksOfOtherExecutors(Path java) throws Exception {
    String servers =
        ChildJvm.classPath(
            org.apache.catalina.startup.Tomcat.class,
            org.eclipse.jetty.util.Callback.class,
            org.slf4j.Logger.class);
    for (String netty : ChildJvm.nettyClassPaths()) {
      List<String> output =
          run(java, "", netty + File.pathSeparator + servers, "OtherExecutorsProgram");
      List<String> answers =
          output.subList(0, output.indexOf("== contexts")).stream()
              .filter(line -> !line.startsWith("SLF4J"))
              .toList();
      assertThat(answers)
          .hasSizeGreaterThanOrEqualTo(40)
          .contains("removed true", "left true")
          .allMatch(AgentTest::isRight);
    }
  }

  @ParameterizedTest
  @MethodSource("javas")
  void librariesAreRecorded(Path java) throws Exception {
    List<String> output =
        runVerified(
            java,
            ChildJvm.classPath(Nothing.class, org.h2.Driver.class, jakarta.servlet.Servlet.class),
            "LibrariesProgram");
    assertThat(section(output, "jdbc"))
        .containsExactly(
            "thread 0 create table orders(id int, name varchar(?)) :0",
            "thread 0 insert into orders values (?), (?) :0",
            "thread 0 select * from orders where id = ? and id < ? :0",
            "thread 0 select nonsense from orders :0",
            "open 0");
    assertThat(section(output, "http"))
        .containsExactlyInAnyOrder(
            "thread 0 GET localhost :0",
            "thread 0 GET /orders/*/lines :0",
            "thread 1 LibrariesProgram::handle :" + lineOfHandle(output),
            "thread 0 DELETE /orders/*/lines :0",
            "thread 1 LibrariesProgram::handle :" + lineOfHandle(output),
            "async DELETE localhost < none",
            "async DELETE /orders/*/lines < none",
            "async GET /orders/*/lines < none",
            "open 0");
    assertThat(section(output, "servlet"))
        .containsExactly(
            "thread 0 POST /items/* :0",
            "thread 1 LibrariesProgram::handle :" + lineOfHandle(output),
            "thread 0 POST /items/* :0",
            "async POST /items/* < none",
            "async POST /items/* < none",
            "open 0");
  }

  private static String lineOfHandle(List<String> output) {
    return output.stream()
        .filter(line -> line.contains("::handle :"))
        .map(line -> line.substring(line.lastIndexOf(':') + 1))
        .findFirst()
        .orElseThrow();
  }
}
