package micromegas.server.cli;

import java.util.concurrent.Callable;
import micromegas.common.BadRequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Help for a command that the launcher carries out.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Run one benchmark. Without a name: which there are.")
final class BenchCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = "The benchmark.")
  private String name = "";

  @Override
  public Integer call() {
    throw new BadRequestException(
        "benchmarks run through the launcher: ./micromegas bench " + name);
  }
}
