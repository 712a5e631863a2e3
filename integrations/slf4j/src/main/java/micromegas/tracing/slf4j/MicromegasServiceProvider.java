package micromegas.tracing.slf4j;

import micromegas.tracing.adapter.ContextKeys;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/// Makes Micromegas the backend of SLF4J 2; found by being on the class path or module path.
///
/// The target of an event is the name of the logger. Levels are those of telemetry
/// (`MICROMEGAS_TELEMETRY_LEVELS` for what is recorded, `MICROMEGAS_CONSOLE_LEVELS` for what is
/// printed); while no telemetry runs, lines are printed and kept for the next one. Markers become
/// the property `marker`, key-values properties of their own, and so do the MDC keys that
/// `MICROMEGAS_TELEMETRY_MDC` lists. An exception adds its stack trace to the text and its class as
/// `exception.type`.
public final class MicromegasServiceProvider implements SLF4JServiceProvider {
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter mdc = new BasicMDCAdapter();
  private final ILoggerFactory loggers =
      new LoggerTable(new LineWriter(mdc, ContextKeys.ofProcess()));

  /// For SLF4J.
  public MicromegasServiceProvider() {}

  @Override
  public ILoggerFactory getLoggerFactory() {
    return loggers;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return mdc;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}
}
