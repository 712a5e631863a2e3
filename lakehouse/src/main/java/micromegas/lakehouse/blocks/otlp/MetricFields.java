package micromegas.lakehouse.blocks.otlp;

import micromegas.otlp.OtlpTags.Metric;
import micromegas.otlp.OtlpTags.MetricData;
import micromegas.otlp.ProtoReader;

/// What all data points of a metric share, and where the points are. Positions refer to the bytes
/// last read; an absent text is an empty range. Not thread-safe.
final class MetricFields {
  private final ProtoReader reader = new ProtoReader();
  private int nameBegin;
  private int nameEnd;
  private int unitBegin;
  private int unitEnd;
  private int kind;
  private int dataBegin;
  private int dataEnd;
  private int temporality;
  private boolean monotonic;

  /// Reads the metric in `bytes[begin, end)`.
  void read(byte[] bytes, int begin, int end) {
    nameBegin = 0;
    nameEnd = 0;
    unitBegin = 0;
    unitEnd = 0;
    kind = 0;
    dataBegin = 0;
    dataEnd = 0;
    reader.over(bytes, begin, end);
    while (reader.next()) {
      switch (reader.tag()) {
        case Metric.NAME -> {
          nameBegin = reader.begin();
          nameEnd = reader.end();
        }
        case Metric.UNIT -> {
          unitBegin = reader.begin();
          unitEnd = reader.end();
        }
        case Metric.GAUGE,
            Metric.SUM,
            Metric.HISTOGRAM,
            Metric.EXPONENTIAL_HISTOGRAM,
            Metric.SUMMARY -> { // of a oneof the last one counts
          kind = reader.tag();
          dataBegin = reader.begin();
          dataEnd = reader.end();
        }
        default -> {}
      }
    }
    temporality = 0;
    monotonic = false;
    reader.over(bytes, dataBegin, dataEnd);
    while (reader.next()) {
      switch (reader.tag()) {
        case MetricData.AGGREGATION_TEMPORALITY -> temporality = reader.asInt();
        case MetricData.IS_MONOTONIC -> monotonic = reader.asBoolean();
        default -> {}
      }
    }
  }

  int nameBegin() {
    return nameBegin;
  }

  int nameEnd() {
    return nameEnd;
  }

  int unitBegin() {
    return unitBegin;
  }

  int unitEnd() {
    return unitEnd;
  }

  /// Tag of the field with the data, one of [Metric]; 0 for a metric without data.
  int kind() {
    return kind;
  }

  /// Where the message with the data points begins.
  int dataBegin() {
    return dataBegin;
  }

  /// Where the message with the data points ends.
  int dataEnd() {
    return dataEnd;
  }

  /// 0 unspecified, 1 delta, 2 cumulative; any number in principle.
  int temporality() {
    return temporality;
  }

  boolean isMonotonic() {
    return monotonic;
  }
}
