package micromegas.programs;

import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.testing.BlockDecoder;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedSpanEvent;

/// Prints what it gets, a line for each event that a test asks for.
public final class PrintingSink implements EventSink {
  private final String who;

  /// @param who prints
  public PrintingSink(String who) {
    this.who = who;
  }

  @Override
  public void block(FinishedBlock block) {
    switch (block.kind()) {
      case LOGS -> new BlockDecoder().logs(block).forEach(this::log);
      case SPANS -> new BlockDecoder().spans(block).forEach(this::span);
      default -> {}
    }
  }

  private void log(RecordedLog log) {
    if (!log.target().startsWith("micromegas.")) {
      System.out.println(who + " log " + log.target() + ": " + log.text());
    }
  }

  private void span(RecordedSpanEvent span) {
    if (span.isAsync()) {
      System.out.printf(
          "%s %s %s %d %d%n",
          who, span.isBegin() ? "begin" : "end", span.name(), span.id(), span.parent());
    }
  }
}
