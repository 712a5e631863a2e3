package micromegas.tracing.agent;

import org.jspecify.annotations.Nullable;

/// What an agent that runs already is told by attaching again.
enum AgentCommand {
  ENABLE("enabled=true"),
  DISABLE("enabled=false"),
  UNINSTALL("uninstall=true");

  private final String text;

  AgentCommand(String text) {
    this.text = text;
  }

  /// Reads an argument; none enables.
  ///
  /// @throws IllegalArgumentException for anything else
  static AgentCommand parse(@Nullable String argument) {
    if (argument == null || argument.isBlank()) {
      return ENABLE;
    }
    for (AgentCommand command : values()) {
      if (command.text.equals(argument.trim())) {
        return command;
      }
    }
    throw new IllegalArgumentException(
        "the agent runs already and understands enabled=true, enabled=false and uninstall=true: "
            + argument);
  }

  void apply(AgentControl control) {
    switch (this) {
      case ENABLE -> {
        control.install();
        control.setEnabled(true);
      }
      case DISABLE -> control.setEnabled(false);
      case UNINSTALL -> control.uninstall();
    }
  }
}
