package micromegas.otlp.block;

import micromegas.common.CorruptDataException;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Signal;

/// Makes the [BlockSummary] of a resource message by reading the times of its records in place;
/// everything else is stepped over. Not thread-safe.
public final class BlockScanner {
  private static final int TRACE_ID_SIZE = 16;
  private static final int SPAN_ID_SIZE = 8;

  /// Flag of a data point that stands for a gap and has no value on purpose.
  private static final int NO_RECORDED_VALUE = 1;

  /// Rows that a summary point becomes at most.
  private static final int ROWS_OF_A_SUMMARY = 4;

  private final ProtoReader reader = new ProtoReader();
  private long begin;
  private long end;
  private boolean hasBegin;
  private boolean hasEnd;
  private int records;
  private int rejected;

  /// Looks through a canonical resource message of `signal`.
  ///
  /// @throws CorruptDataException when it is not protobuf
  public BlockSummary scan(Signal signal, byte[] message) {
    begin = Long.MAX_VALUE;
    end = Long.MIN_VALUE;
    hasBegin = false;
    hasEnd = false;
    records = 0;
    rejected = 0;
    reader.over(message, 0, message.length);
    while (reader.next()) {
      if (reader.tag() == OtlpTags.ResourceSignal.SCOPES) {
        int outer = reader.enter();
        scope(signal);
        reader.leave(outer);
      }
    }
    boolean timed = hasBegin && hasEnd;
    return new BlockSummary(records, timed, timed ? begin : 0, timed ? end : 0, rejected);
  }

  private void scope(Signal signal) {
    while (reader.next()) {
      if (reader.tag() == OtlpTags.ScopeSignal.RECORDS) {
        int outer = reader.enter();
        switch (signal) {
          case LOGS -> logRecord();
          case METRICS -> metric();
          case TRACES -> span();
        }
        reader.leave(outer);
      }
    }
  }

  private void logRecord() {
    long time = 0;
    long observed = 0;
    while (reader.next()) {
      switch (reader.tag()) {
        case OtlpTags.LogRecord.TIME_UNIX_NANO -> time = reader.asLong();
        case OtlpTags.LogRecord.OBSERVED_TIME_UNIX_NANO -> observed = reader.asLong();
        default -> {}
      }
    }
    records++;
    lower(time != 0 ? time : observed);
    upper(time != 0 ? time : observed);
  }

  private void span() {
    long start = 0;
    long stop = 0;
    boolean hasIds = true;
    int ids = 0;
    while (reader.next()) {
      switch (reader.tag()) {
        case OtlpTags.Span.TRACE_ID -> {
          ids++;
          hasIds &= reader.length() == TRACE_ID_SIZE;
        }
        case OtlpTags.Span.SPAN_ID -> {
          ids++;
          hasIds &= reader.length() == SPAN_ID_SIZE;
        }
        case OtlpTags.Span.START_TIME_UNIX_NANO -> start = reader.asLong();
        case OtlpTags.Span.END_TIME_UNIX_NANO -> stop = reader.asLong();
        default -> {}
      }
    }
    records++;
    lower(start);
    upper(stop);
    if (!hasIds || ids < 2 || start == 0 || stop == 0) {
      rejected++;
    }
  }

  private void metric() {
    while (reader.next()) {
      int kind = reader.tag();
      switch (kind) {
        case OtlpTags.Metric.GAUGE,
            OtlpTags.Metric.SUM,
            OtlpTags.Metric.HISTOGRAM,
            OtlpTags.Metric.EXPONENTIAL_HISTOGRAM,
            OtlpTags.Metric.SUMMARY -> {
          int outer = reader.enter();
          points(kind);
          reader.leave(outer);
        }
        default -> {}
      }
    }
  }

  private void points(int kind) {
    boolean number = kind == OtlpTags.Metric.GAUGE || kind == OtlpTags.Metric.SUM;
    while (reader.next()) {
      if (reader.tag() == OtlpTags.MetricData.DATA_POINTS) {
        int outer = reader.enter();
        point(number);
        reader.leave(outer);
        records += kind == OtlpTags.Metric.SUMMARY ? ROWS_OF_A_SUMMARY : 1;
      }
    }
  }

  /// The time has the same tag in all kinds of points.
  private void point(boolean isNumber) {
    long time = 0;
    boolean hasValue = !isNumber;
    while (reader.next()) {
      switch (reader.tag()) {
        case OtlpTags.NumberDataPoint.TIME_UNIX_NANO -> time = reader.asLong();
        case OtlpTags.NumberDataPoint.AS_DOUBLE, OtlpTags.NumberDataPoint.AS_INT -> hasValue = true;
        case OtlpTags.NumberDataPoint.FLAGS ->
            hasValue |= (reader.asInt() & NO_RECORDED_VALUE) != 0;
        default -> {}
      }
    }
    lower(time);
    upper(time);
    if (time == 0 || !hasValue) {
      rejected++;
    }
  }

  private void lower(long time) {
    if (time != 0) {
      hasBegin = true;
      begin = Math.min(begin, time);
    }
  }

  private void upper(long time) {
    if (time != 0) {
      hasEnd = true;
      end = Math.max(end, time);
    }
  }
}
