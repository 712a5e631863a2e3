package micromegas.tracing.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import micromegas.programs.Nothing;
import micromegas.tracing.Telemetry;
import micromegas.transit.BlockInfo;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Starting, switching and removing the agent, and applications that it must not hurt.
class AgentLifeTest {
  private static final String SWITCH = "micromegas.programs.SwitchProgram";

  static List<Path> javas() throws Exception {
    return ChildJvm.javas();
  }

  private static void say(ChildJvm jvm, String line) throws Exception {
    jvm.say(line);
  }

  private static long woven(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains("::plain") || line.contains("::the inner one"))
        .count();
  }

  private static String agentOption() throws Exception {
    return "-javaagent:" + AgentJar.path();
  }

  @ParameterizedTest
  @MethodSource("javas")
  void itIsSwitchedOffAndRemovedAtRunTime(Path java) throws Exception {
    List<String> arguments =
        List.of(agentOption(), "-cp", ChildJvm.classPath(Nothing.class), SWITCH);
    try (ChildJvm jvm = ChildJvm.start(java, Map.of(), arguments)) {
      for (String command :
          List.of(
              "wait",
              "call",
              "off",
              "call",
              "uninstall",
              "WovenClasses",
              "call",
              "install",
              "Installed",
              "Failures",
              "call")) {
        say(jvm, command);
      }
      jvm.readTo("wait done");
      assertThat(woven(jvm.readTo("open 0"))).isEqualTo(2);
      jvm.readTo("off done");
      assertThat(woven(jvm.readTo("open 0"))).isZero();
      jvm.readTo("uninstall null");
      jvm.readTo("WovenClasses 0");
      assertThat(woven(jvm.readTo("open 0"))).isZero();
      jvm.readTo("Installed true");
      jvm.readTo("Failures 0");
      assertThat(woven(jvm.readTo("open 0"))).isEqualTo(2);
      jvm.finish();
    }
  }

  @ParameterizedTest
  @MethodSource("javas")
  void itIsAttachedToARunningJvm(Path java) throws Exception {
    String classPath =
        ChildJvm.classPath(Nothing.class, Telemetry.class, BlockInfo.class, LZ4Factory.class);
    try (ChildJvm jvm = ChildJvm.start(java, Map.of(), List.of("-cp", classPath, SWITCH))) {
      jvm.readTo("pid ");
      say(jvm, "call");
      assertThat(woven(jvm.readTo("open 0"))).isZero();
      attach(java, jvm);
      say(jvm, "wait");
      say(jvm, "call");
      jvm.readTo("wait done");
      assertThat(woven(jvm.readTo("open 0"))).isEqualTo(2);
      attach(java, jvm, "enabled=false");
      say(jvm, "call");
      assertThat(woven(jvm.readTo("open 0"))).isZero();
      attach(java, jvm, "enabled=true");
      say(jvm, "call");
      assertThat(woven(jvm.readTo("open 0"))).isEqualTo(2);
      attach(java, jvm, "uninstall=true");
      say(jvm, "Installed");
      jvm.readTo("Installed false");
      say(jvm, "call");
      assertThat(woven(jvm.readTo("open 0"))).isZero();
      jvm.finish();
    }
  }

  private static void attach(Path java, ChildJvm jvm, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("-jar", AgentJar.path().toString(), Long.toString(jvm.pid())));
    arguments.addAll(List.of(more));
    assertThat(ChildJvm.run(java, Map.of(), arguments)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aBadSettingLeavesTheApplicationAlone(Path java) throws Exception {
    List<String> output =
        ChildJvm.run(
            java,
            Map.of("MICROMEGAS_AGENT_MAX_NAMES", "many", "MICROMEGAS_TELEMETRY_URL", ""),
            List.of(
                agentOption(),
                "-cp",
                ChildJvm.classPath(Nothing.class),
                "micromegas.programs.SpansProgram"));
    assertThat(output.get(0))
        .contains("the application runs without it", "MICROMEGAS_AGENT_MAX_NAMES");
    assertThat(output).contains("branching 26", "now later").noneMatch(l -> l.startsWith("thread"));
  }

  @Test
  void aBadSettingOfTelemetryLeavesTheApplicationAlone() throws Exception {
    Path java = ChildJvm.javas().get(0);
    List<String> output =
        ChildJvm.run(
            java,
            Map.of("MICROMEGAS_TELEMETRY_URL", "nonsense"),
            List.of(
                agentOption(),
                "-cp",
                ChildJvm.classPath(Nothing.class),
                "micromegas.programs.Nothing"));
    assertThat(output)
        .singleElement()
        .asString()
        .contains("the application runs without it", "MICROMEGAS_TELEMETRY_URL");
  }

  /// An application of named modules: one that is woven by a pattern, and this library's.
  @Test
  void aModularApplication(@TempDir Path folder) throws Exception {
    Path sources = Files.createDirectories(folder.resolve("src/shop"));
    Files.writeString(
        sources.resolve("module-info.java"), "module shop { requires micromegas.tracing; }");
    Path main = Files.createDirectories(sources.resolve("com/acme")).resolve("Main.java");
    Files.writeString(main, MODULAR_MAIN);
    Path classes = folder.resolve("classes");
    Path tracing = ChildJvm.location(Telemetry.class);
    Path transit = ChildJvm.location(BlockInfo.class);
    Path lz4 = ChildJvm.location(LZ4Factory.class);
    assertThat(List.of(tracing, transit)).allMatch(AgentLifeTest::isModule);
    String modulePath =
        Stream.of(tracing, transit, lz4)
            .map(Path::toString)
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElseThrow();
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                classes.toString(),
                "-p",
                modulePath,
                sources.resolve("module-info.java").toString(),
                main.toString());
    assertThat(compiled).isZero();
    List<String> output =
        ChildJvm.run(
            ChildJvm.javas().get(0),
            Map.of(),
            List.of(
                agentOption() + "=methods=com.acme.*#*;min_instructions=1",
                "-p",
                modulePath + File.pathSeparator + classes,
                "-m",
                "shop/com.acme.Main"));
    assertThat(output).contains("Main::annotated", "Main::named").noneMatch(l -> l.startsWith("["));
  }

  private static boolean isModule(Path location) {
    return !Files.isDirectory(location) || Files.exists(location.resolve("module-info.class"));
  }

  private static final String MODULAR_MAIN =
      """
      package com.acme;

      import java.time.Duration;
      import micromegas.tracing.*;
      import micromegas.tracing.testing.*;

      public class Main {
        public static void main(String[] arguments) {
          MemorySink sink = new MemorySink();
          try (Telemetry telemetry = Telemetry.builder().sink(sink).spans(true)
              .consoleLevels(LevelFilter.OFF).start()) {
            annotated();
            named();
          }
          sink.spans().values().forEach(events -> events.stream()
              .filter(RecordedSpanEvent::isBegin).map(RecordedSpanEvent::name)
              .forEach(System.out::println));
        }

        @Span static void annotated() {}

        static int named() { return "named".length(); }
      }
      """;

  /// Prints what the agent adds to the start of a JVM and to that of a server: processor time, as
  /// ratios.
  @Test
  void whatTheStartCosts() throws Exception {
    printCost("an empty program", ChildJvm.classPath(Nothing.class), "Nothing");
    String server =
        ChildJvm.classPath(
            Nothing.class,
            org.apache.catalina.startup.Tomcat.class,
            jakarta.annotation.Resource.class);
    printCost("a server's start", server, "TomcatProgram");
  }

  private static void printCost(String what, String classPath, String program) throws Exception {
    Path java = ChildJvm.javas().get(0);
    List<String> plain = List.of("-cp", classPath, "micromegas.programs." + program, "cpu");
    List<String> agent = new ArrayList<>(List.of(agentOption()));
    agent.addAll(plain);
    long without = Long.MAX_VALUE;
    long with = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      without = Math.min(without, processorMillis(java, plain));
      with = Math.min(with, processorMillis(java, agent));
    }
    System.out.printf(
        "processor time of %s: %d ms, with the agent %.1f times that%n",
        what, without, (double) with / without);
    assertThat(with).isPositive();
  }

  private static long processorMillis(Path java, List<String> arguments) throws Exception {
    List<String> output = ChildJvm.run(java, Map.of(), arguments);
    String cpu = output.stream().filter(line -> line.startsWith("cpu ")).findFirst().orElseThrow();
    return Math.max(1, Long.parseLong(cpu.substring("cpu ".length())));
  }
}
