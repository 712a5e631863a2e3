package micromegas.tracing.slf4j;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import micromegas.tracing.adapter.BackendLogger;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/// One logger per name. Thread-safe.
final class LoggerTable implements ILoggerFactory {
  private final LineWriter writer;
  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();

  LoggerTable(LineWriter writer) {
    this.writer = writer;
  }

  @Override
  public Logger getLogger(String name) {
    return loggers.computeIfAbsent(
        String.valueOf(name), key -> new MicromegasLogger(new BackendLogger(key), writer));
  }
}
