package micromegas.tracing.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests that Netty's HTTP/1.1 codec reads and writes, in JVMs of their own.
class NettyTest {
  private static final String WORK = "NettyProgram::work";

  static List<Path> javas() throws Exception {
    return ChildJvm.javas();
  }

  @ParameterizedTest
  @MethodSource("javas")
  void requestsAreSpansUntilTheirResponsesAreWritten(Path java) throws Exception {
    for (String classPath : ChildJvm.nettyClassPaths()) {
      check(AgentTest.run(java, "", classPath, "NettyProgram"));
    }
  }

  private static void check(List<String> output) {
    assertThat(AgentTest.section(output, "plain")).containsExactly(oneRequest("GET /orders/*"));
    assertThat(AgentTest.section(output, "pool")).containsExactly(oneRequest("GET /pool"));
    assertThat(AgentTest.section(output, "broken"))
        .containsExactly(
            "begin GET /broken < none",
            "begin " + WORK + " < GET /broken",
            "end " + WORK,
            "end GET /broken",
            "log GET /broken failed: status 500",
            "open 0");
    // The first is answered while the second is handled, and ends first.
    assertThat(AgentTest.section(output, "pipelined"))
        .containsExactly(
            "begin GET /held < none",
            "begin GET /quick < none",
            "end GET /held",
            "begin " + WORK + " < GET /quick",
            "end " + WORK,
            "end GET /quick",
            "open 0");
    assertThat(AgentTest.section(output, "continued")).containsExactly(oneRequest("POST /posted"));
    assertThat(AgentTest.section(output, "chunks")).containsExactly(oneRequest("GET /chunks"));
    assertThat(output).contains("closed -1", "client 200");
    assertThat(AgentTest.section(output, "close"))
        .containsExactly(
            "begin GET /close < none",
            "end GET /close",
            "log GET /close failed: connection closed",
            "open 0");
    assertThat(AgentTest.section(output, "client"))
        .contains("begin PUT shop.test < " + WORK, "begin PUT /orders/* < none")
        .contains("end PUT shop.test", "end PUT /orders/*", "open 0")
        .hasSize(9);
  }

  private static String[] oneRequest(String name) {
    return new String[] {
      "begin " + name + " < none",
      "begin " + WORK + " < " + name,
      "end " + WORK,
      "end " + name,
      "open 0"
    };
  }
}
