package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Iterator;
import java.util.NoSuchElementException;
import micromegas.common.CorruptDataException;
import micromegas.lake.envelope.ByteSlice;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.blocks.BlockParser;
import micromegas.lakehouse.blocks.ParsedObject;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.jsonb.JsonbBuilder;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.OtlpTags.Metric;
import micromegas.otlp.OtlpTags.MetricData;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Signal;
import micromegas.otlp.schema.MessageType;
import micromegas.otlp.schema.OtlpSchema;

/// Spells out OpenTelemetry blocks for `parse_block`: one object per log record, span or data
/// point, with what it shares with others under names that begin with two underscores (`otlp.md`
/// 5.5). Thread-safe.
public final class OtlpBlockParser implements BlockParser {
  private static final byte[] TYPE = "__type".getBytes(UTF_8);
  private static final byte[] ATTRIBUTES = "__attributes".getBytes(UTF_8);
  private static final byte[] RESOURCE = "__resource".getBytes(UTF_8);
  private static final byte[] SCOPE = "__scope".getBytes(UTF_8);
  private static final byte[] METRIC = "__metric".getBytes(UTF_8);
  private static final byte[] NAME = "name".getBytes(UTF_8);
  private static final byte[] UNIT = "unit".getBytes(UTF_8);
  private static final byte[] DESCRIPTION = "description".getBytes(UTF_8);
  private static final byte[] KIND = "otel.metric.kind".getBytes(UTF_8);
  private static final byte[] TEMPORALITY = "otel.metric.aggregation_temporality".getBytes(UTF_8);
  private static final byte[] MONOTONIC = "otel.metric.is_monotonic".getBytes(UTF_8);
  private static final byte[] METADATA = "otel.metric.metadata".getBytes(UTF_8);

  private final Signal signal;

  public OtlpBlockParser(Signal signal) {
    this.signal = signal;
  }

  @Override
  public Iterator<ParsedObject> parse(SourceBlock block, byte[] payload) {
    ByteSlice message = PayloadCodec.slices(payload).objects();
    return new Leaves(signal, block, message);
  }

  private static final class Leaves implements Iterator<ParsedObject> {
    private final Signal signal;
    private final SourceBlock block;
    private final byte[] bytes;
    private final RecordCursor records = new RecordCursor();
    private final MetricFields metric = new MetricFields();
    private final ProtoReader points = new ProtoReader();
    private final ProtoReader resource = new ProtoReader();
    private final JsonbBuilder json = new JsonbBuilder();
    private final Attributes attributes = new Attributes(json);
    private final MessageJson leaves = new MessageJson(json);
    private int resourceBegin;
    private int resourceEnd;
    private boolean ready;

    Leaves(Signal signal, SourceBlock block, ByteSlice message) {
      this.signal = signal;
      this.block = block;
      this.bytes = message.array();
      int begin = message.offset();
      int end = begin + message.length();
      records.open(bytes, begin, end);
      try {
        resource.over(bytes, begin, end);
        while (resource.next()) {
          if (resource.tag() == OtlpTags.ResourceSignal.RESOURCE) {
            resourceBegin = resource.begin();
            resourceEnd = resource.end();
          }
        }
      } catch (CorruptDataException e) {
        throw named(e);
      }
    }

    @Override
    public boolean hasNext() {
      try {
        ready = ready || advance();
        return ready;
      } catch (CorruptDataException e) {
        throw named(e);
      }
    }

    /// Moves to the next record, or to the next data point of the metrics that have any.
    private boolean advance() {
      if (signal != Signal.METRICS) {
        return records.next();
      }
      while (true) {
        while (points.next()) {
          if (points.tag() == MetricData.DATA_POINTS) {
            return true;
          }
        }
        if (!records.next()) {
          return false;
        }
        metric.read(bytes, records.begin(), records.end());
        points.over(bytes, metric.dataBegin(), metric.dataEnd());
      }
    }

    @Override
    public ParsedObject next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ready = false;
      try {
        return switch (signal) {
          case LOGS ->
              leaf("LogRecord", OtlpTags.LogRecord.ATTRIBUTES, records.begin(), records.end());
          case TRACES -> leaf("Span", OtlpTags.Span.ATTRIBUTES, records.begin(), records.end());
          case METRICS -> point();
        };
      } catch (CorruptDataException e) {
        throw named(e);
      }
    }

    private ParsedObject point() {
      int begin = points.begin();
      int end = points.end();
      return switch (metric.kind()) {
        case Metric.HISTOGRAM ->
            leaf("HistogramDataPoint", OtlpTags.HistogramDataPoint.ATTRIBUTES, begin, end);
        case Metric.EXPONENTIAL_HISTOGRAM ->
            leaf(
                "ExponentialHistogramDataPoint",
                OtlpTags.ExponentialHistogramDataPoint.ATTRIBUTES,
                begin,
                end);
        case Metric.SUMMARY ->
            leaf("SummaryDataPoint", OtlpTags.SummaryDataPoint.ATTRIBUTES, begin, end);
        default -> leaf("NumberDataPoint", OtlpTags.NumberDataPoint.ATTRIBUTES, begin, end);
      };
    }

    private ParsedObject leaf(String message, int attributesTag, int begin, int end) {
      String typeName = "otlp." + message;
      MessageType type = OtlpSchema.message(message);
      json.clear();
      json.beginObject();
      leaves.addFields(type, bytes, begin, end);
      json.key(TYPE);
      json.text(typeName.getBytes(UTF_8));
      json.key(ATTRIBUTES);
      json.beginObject();
      attributes.addAll(bytes, begin, end, attributesTag, false);
      json.end();
      json.key(RESOURCE);
      json.beginObject();
      attributes.addAll(bytes, resourceBegin, resourceEnd, OtlpTags.Resource.ATTRIBUTES, false);
      json.end();
      json.key(SCOPE);
      json.beginObject();
      attributes.addScope(records);
      json.end();
      if (signal == Signal.METRICS) {
        json.key(METRIC);
        json.beginObject();
        describeMetric();
        json.end();
      }
      json.end();
      return new ParsedObject(typeName, json.toByteArray());
    }

    private void describeMetric() {
      ProtoReader fields = new ProtoReader().over(bytes, records.begin(), records.end());
      int descriptionBegin = 0;
      int descriptionEnd = 0;
      boolean metadata = false;
      while (fields.next()) {
        if (fields.tag() == Metric.DESCRIPTION) {
          descriptionBegin = fields.begin();
          descriptionEnd = fields.end();
        }
        metadata |= fields.tag() == Metric.METADATA;
      }
      json.key(NAME);
      attributes.text(bytes, metric.nameBegin(), metric.nameEnd());
      json.key(UNIT);
      attributes.text(bytes, metric.unitBegin(), metric.unitEnd());
      json.key(DESCRIPTION);
      attributes.text(bytes, descriptionBegin, descriptionEnd);
      json.key(KIND);
      json.text(kind().getBytes(UTF_8));
      if (metric.kind() != Metric.GAUGE && metric.kind() != Metric.SUMMARY) {
        json.key(TEMPORALITY);
        json.value(metric.temporality());
      }
      if (metric.kind() == Metric.SUM) {
        json.key(MONOTONIC);
        json.value(metric.isMonotonic());
      }
      if (metadata) {
        json.key(METADATA);
        json.beginObject();
        attributes.addAll(bytes, records.begin(), records.end(), Metric.METADATA, false);
        json.end();
      }
    }

    private String kind() {
      return switch (metric.kind()) {
        case Metric.SUM -> "sum";
        case Metric.GAUGE -> "gauge";
        case Metric.HISTOGRAM -> "histogram";
        case Metric.EXPONENTIAL_HISTOGRAM -> "exponential_histogram";
        default -> "summary";
      };
    }

    private CorruptDataException named(CorruptDataException e) {
      return new CorruptDataException(
          "block "
              + block.block().info().blockId()
              + " of stream "
              + block.stream().info().streamId()
              + ": "
              + e.getMessage(),
          e);
    }
  }
}
