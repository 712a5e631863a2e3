package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import micromegas.common.Nanos;
import micromegas.lakehouse.blocks.BlockRuns;
import micromegas.lakehouse.blocks.LogColumns;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.IntColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.otlp.OtlpTags.LogRecord;
import micromegas.otlp.Signal;

/// Decodes OpenTelemetry logs into the columns of `log_entries` ([LogColumns]; `otlp.md` 5.2): one
/// row per record.
public final class OtlpLogProcessor extends OtlpBlockProcessor {
  private static final int VERSION = 1;
  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;
  private static final int INFO = 4;

  private static final byte[] TRACE_ID = "otel.trace_id".getBytes(UTF_8);
  private static final byte[] SPAN_ID = "otel.span_id".getBytes(UTF_8);
  private static final byte[] SEVERITY_TEXT = "otel.severity_text".getBytes(UTF_8);
  private static final byte[] EVENT_NAME = "otel.event_name".getBytes(UTF_8);

  public OtlpLogProcessor() {
    super(Signal.LOGS, VERSION);
  }

  @Override
  OtlpRun run(OtlpBlock block, ColumnBatch out) {
    return new Run(block, out);
  }

  /// The level of a severity number (`otlp.md` 5.2); info for numbers that mean nothing.
  static int level(int severity) {
    return severity < 1 || severity > 24 ? INFO : 6 - (severity - 1) / 4;
  }

  /// One pass over one block. Hot code.
  private static final class Run extends OtlpRun {
    private final long blockNanos;
    private final LongColumn times;
    private final DictionaryColumn targets;
    private final IntColumn levels;
    private final BytesColumn messages;
    private final DictionaryColumn properties;

    // Fields of the current record; an absent one is an empty range.
    private int severityBegin;
    private int severityEnd;
    private int eventBegin;
    private int eventEnd;
    private int traceBegin;
    private int traceEnd;
    private int spanBegin;
    private int spanEnd;

    Run(OtlpBlock block, ColumnBatch out) {
      super(block, out);
      long begin = Nanos.fromInstant(block.source().block().info().beginTime());
      // The smaller one: the earliest time of all cannot be rounded down.
      blockNanos = Math.min(begin, begin - Math.floorMod(begin, Nanos.PER_MICRO));
      times = out.longs(LogColumns.TIME);
      targets = out.dictionary(LogColumns.TARGET);
      levels = out.ints(LogColumns.LEVEL);
      messages = out.bytes(LogColumns.MSG);
      properties = out.dictionary(LogColumns.PROPERTIES);
    }

    @Override
    void read() {
      int before = times.size();
      int scope = -1;
      int target = 0;
      while (records.next()) {
        scratch.takeRecord();
        if (records.scope() != scope) {
          scope = records.scope();
          target = scratch.text.intern(bytes, records.nameBegin(), records.nameEnd(), targets);
        }
        record();
        targets.appendIndex(target);
      }
      BlockRuns runs = block.runs(out, times.size() - before);
      runs.origin();
      runs.processProperties(LogColumns.PROCESS_PROPERTIES);
      out.widenBy(times, before);
    }

    private void record() {
      long time = 0;
      long observed = 0;
      int severity = 0;
      int bodyBegin = 0;
      int bodyEnd = 0;
      forget();
      record.over(bytes, records.begin(), records.end());
      while (record.next()) {
        switch (record.tag()) {
          case LogRecord.TIME_UNIX_NANO -> time = record.asLong();
          case LogRecord.OBSERVED_TIME_UNIX_NANO -> observed = record.asLong();
          case LogRecord.SEVERITY_NUMBER -> severity = record.asInt();
          case LogRecord.SEVERITY_TEXT -> {
            severityBegin = record.begin();
            severityEnd = record.end();
          }
          case LogRecord.BODY -> {
            bodyBegin = record.begin();
            bodyEnd = record.end();
          }
          case LogRecord.ATTRIBUTES -> attribute();
          case LogRecord.TRACE_ID -> {
            traceBegin = record.begin();
            traceEnd = record.end();
          }
          case LogRecord.SPAN_ID -> {
            spanBegin = record.begin();
            spanEnd = record.end();
          }
          case LogRecord.EVENT_NAME -> {
            eventBegin = record.begin();
            eventEnd = record.end();
          }
          default -> {}
        }
      }
      times.append(time != 0 ? time : observed != 0 ? observed : blockNanos);
      levels.append(level(severity));
      scratch.text.appendBody(bytes, bodyBegin, bodyEnd, messages);
      properties.appendIndex(document());
    }

    private void forget() {
      forgetAttributes();
      severityBegin = 0;
      severityEnd = 0;
      eventBegin = 0;
      eventEnd = 0;
      traceBegin = 0;
      traceEnd = 0;
      spanBegin = 0;
      spanEnd = 0;
    }

    private int document() {
      boolean traced =
          traceEnd - traceBegin == TRACE_ID_BYTES || spanEnd - spanBegin == SPAN_ID_BYTES;
      if (traced || eventEnd > eventBegin) {
        return build();
      }
      int known =
          documents.find(
              attributesBegin, attributesEnd, severityBegin, severityEnd, records.scope());
      if (known >= 0) {
        return known;
      }
      int made = build();
      documents.put(made);
      return made;
    }

    private int build() {
      json.beginObject();
      scratch.attributes.addAll(bytes, attributesBegin, attributesEnd, LogRecord.ATTRIBUTES, false);
      scratch.attributes.addScope(records);
      if (traceEnd - traceBegin == TRACE_ID_BYTES) {
        json.key(TRACE_ID);
        json.hexText(bytes, traceBegin, traceEnd);
      }
      if (spanEnd - spanBegin == SPAN_ID_BYTES) {
        json.key(SPAN_ID);
        json.hexText(bytes, spanBegin, spanEnd);
      }
      if (severityEnd > severityBegin) {
        json.key(SEVERITY_TEXT);
        scratch.attributes.text(bytes, severityBegin, severityEnd);
      }
      if (eventEnd > eventBegin) {
        json.key(EVENT_NAME);
        scratch.attributes.text(bytes, eventBegin, eventEnd);
      }
      return endDocument(properties);
    }
  }
}
