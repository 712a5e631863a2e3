package micromegas.tracing;

import java.io.PrintStream;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.LogLine;

/// Prints logs on the thread that logs: time in UTC, level, target in brackets, text.
public final class ConsoleSink implements EventSink {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

  private final PrintStream out;
  private final boolean colours;

  /// @param colours levels in ANSI colours
  public ConsoleSink(PrintStream out, boolean colours) {
    this.out = out;
    this.colours = colours;
  }

  /// On standard output, coloured when it is a terminal.
  public static ConsoleSink standardOutput() {
    return new ConsoleSink(
        System.out, System.console() != null && System.getenv("NO_COLOR") == null);
  }

  @Override
  public void log(LogLine line) {
    String level = String.format("%-5s", line.level());
    String shown = colours ? colour(line.level()) + level + "\u001b[0m" : level;
    out.println(TIME.format(line.time()) + " " + shown + " [" + line.target() + "] " + line.text());
  }

  private static String colour(Level level) {
    return switch (level) {
      case FATAL, ERROR -> "\u001b[31m";
      case WARN -> "\u001b[33m";
      case INFO -> "\u001b[36m";
      case DEBUG, TRACE -> "\u001b[35m";
    };
  }
}
