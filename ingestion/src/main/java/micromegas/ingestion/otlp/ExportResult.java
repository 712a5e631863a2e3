package micromegas.ingestion.otlp;

import java.util.Optional;
import micromegas.otlp.Signal;

/// What became of an export request that was taken.
///
/// @param rejected records that will never become a row, although their block is stored
public record ExportResult(Signal signal, long rejected) {

  /// Why records were rejected, for the sender; empty when none was.
  public Optional<String> reason() {
    if (rejected == 0) {
      return Optional.empty();
    }
    return Optional.of(
        switch (signal) {
          case LOGS -> throw new IllegalStateException("no log record is ever rejected");
          case METRICS ->
              "data points without time_unix_nano or without a value are not shown in measures";
          case TRACES ->
              "spans without start or end time, with a trace_id that is not 16 bytes or a span_id"
                  + " that is not 8 bytes are not shown in otel_spans";
        });
  }
}
