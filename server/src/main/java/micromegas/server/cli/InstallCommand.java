package micromegas.server.cli;

import java.util.concurrent.Callable;
import micromegas.common.BadRequestException;
import picocli.CommandLine.Command;

/// Help for a command that the launcher carries out.
@Command(
    name = "install",
    mixinStandardHelpOptions = true,
    description =
        "Build the libraries for applications, and put them into the local Maven repository.")
final class InstallCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw new BadRequestException("libraries are installed by the launcher: ./micromegas install");
  }
}
