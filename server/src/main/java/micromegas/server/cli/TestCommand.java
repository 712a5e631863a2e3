package micromegas.server.cli;

import java.util.concurrent.Callable;
import micromegas.common.BadRequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Help for a command that the launcher carries out.
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = "Run the tests, of all modules or of one and what it needs.")
final class TestCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "MODULE", description = "Folder of one module.")
  private String module = "";

  @Override
  public Integer call() {
    throw new BadRequestException("tests run through the launcher: ./micromegas test " + module);
  }
}
