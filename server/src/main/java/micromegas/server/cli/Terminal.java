package micromegas.server.cli;

/// What the launcher found out about the terminal.
///
/// @param columns width of standard output; 0 when it is no terminal
/// @param progress whether standard error is a terminal
record Terminal(int columns, boolean progress) {
  static Terminal current() {
    return new Terminal(
        Integer.getInteger("micromegas.terminal.columns", 0),
        Boolean.getBoolean("micromegas.terminal.progress"));
  }
}
