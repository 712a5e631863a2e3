package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import micromegas.lakehouse.blocks.BlockRuns;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.otlp.OtlpTags.Span;
import micromegas.otlp.OtlpTags.SpanEvent;
import micromegas.otlp.OtlpTags.SpanLink;
import micromegas.otlp.OtlpTags.Status;
import micromegas.otlp.Signal;
import micromegas.transit.ProcessInfo;

/// Decodes OpenTelemetry spans into the columns of `otel_spans` ([SpanColumns]; `otlp.md` 5.4): one
/// row per span that has both times and ids of the right length.
public final class OtlpSpanProcessor extends OtlpBlockProcessor {
  static final int TRACE_ID_BYTES = 16;
  static final int SPAN_ID_BYTES = 8;

  private static final int VERSION = 1;
  private static final byte[] EMPTY_ARRAY = {(byte) 0x80, 0, 0, 0};
  private static final byte[] ATTRIBUTES = "attributes".getBytes(UTF_8);
  private static final byte[] NAME = "name".getBytes(UTF_8);
  private static final byte[] TIME = "time".getBytes(UTF_8);
  private static final byte[] TRACE_ID = "trace_id".getBytes(UTF_8);
  private static final byte[] SPAN_ID = "span_id".getBytes(UTF_8);
  private static final String[] KINDS = {
    "UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"
  };
  private static final String[] STATUSES = {"UNSET", "OK", "ERROR"};

  public OtlpSpanProcessor() {
    super(Signal.TRACES, VERSION);
  }

  @Override
  OtlpRun run(OtlpBlock block, ColumnBatch out) {
    return new Run(block, out);
  }

  /// One pass over one block. Hot code.
  private static final class Run extends OtlpRun {
    private final BytesColumn traceIds;
    private final BytesColumn spanIds;
    private final BytesColumn parents;
    private final LongColumn starts;
    private final LongColumn ends;
    private final LongColumn durations;
    private final DictionaryColumn names;
    private final DictionaryColumn kinds;
    private final DictionaryColumn statuses;
    private final BytesColumn messages;
    private final DictionaryColumn properties;
    private final BytesColumn events;
    private final BytesColumn links;
    private final int[] kindIndices = new int[KINDS.length];
    private final int[] statusIndices = new int[STATUSES.length];
    private int withoutTime;
    private int withoutId;

    // Fields of the current span; an absent one is an empty range.
    private int traceBegin;
    private int traceEnd;
    private int spanBegin;
    private int spanEnd;
    private int parentBegin;
    private int parentEnd;
    private int nameBegin;
    private int nameEnd;
    private int statusBegin;
    private int statusEnd;
    private int eventsBegin;
    private int eventsEnd;
    private int linksBegin;
    private int linksEnd;

    Run(OtlpBlock block, ColumnBatch out) {
      super(block, out);
      traceIds = out.bytes(SpanColumns.TRACE_ID);
      spanIds = out.bytes(SpanColumns.SPAN_ID);
      parents = out.bytes(SpanColumns.PARENT_SPAN_ID);
      starts = out.longs(SpanColumns.START_TIME);
      ends = out.longs(SpanColumns.END_TIME);
      durations = out.longs(SpanColumns.DURATION);
      names = out.dictionary(SpanColumns.NAME);
      kinds = out.dictionary(SpanColumns.KIND);
      statuses = out.dictionary(SpanColumns.STATUS);
      messages = out.bytes(SpanColumns.STATUS_MESSAGE);
      properties = out.dictionary(SpanColumns.PROPERTIES);
      events = out.bytes(SpanColumns.EVENTS);
      links = out.bytes(SpanColumns.LINKS);
      Arrays.fill(kindIndices, -1);
      Arrays.fill(statusIndices, -1);
    }

    @Override
    void read() {
      int before = starts.size();
      while (records.next()) {
        scratch.takeRecord();
        span();
      }
      constants(starts.size() - before);
      out.widenBy(starts, before);
      out.widenBy(ends, before);
      block.warnOfDropped(withoutTime, "spans", "have no start or no end");
      block.warnOfDropped(withoutId, "spans", "have no valid trace id or span id");
    }

    private void constants(int rows) {
      ProcessInfo process = block.source().process().info();
      BlockRuns runs = block.runs(out, rows);
      runs.ids();
      runs.plainText(SpanColumns.EXE, process.exe());
      runs.plainText(SpanColumns.USERNAME, process.username());
      runs.plainText(SpanColumns.COMPUTER, process.computer());
      runs.processProperties(SpanColumns.PROCESS_PROPERTIES);
    }

    private void span() {
      long start = 0;
      long end = 0;
      int kind = 0;
      forget();
      record.over(bytes, records.begin(), records.end());
      while (record.next()) {
        switch (record.tag()) {
          case Span.TRACE_ID -> {
            traceBegin = record.begin();
            traceEnd = record.end();
          }
          case Span.SPAN_ID -> {
            spanBegin = record.begin();
            spanEnd = record.end();
          }
          case Span.PARENT_SPAN_ID -> {
            parentBegin = record.begin();
            parentEnd = record.end();
          }
          case Span.NAME -> {
            nameBegin = record.begin();
            nameEnd = record.end();
          }
          case Span.KIND -> kind = record.asInt();
          case Span.START_TIME_UNIX_NANO -> start = record.asLong();
          case Span.END_TIME_UNIX_NANO -> end = record.asLong();
          case Span.ATTRIBUTES -> attribute();
          case Span.EVENTS -> {
            eventsBegin = eventsEnd == 0 ? record.fieldBegin() : eventsBegin;
            eventsEnd = record.end();
          }
          case Span.LINKS -> {
            linksBegin = linksEnd == 0 ? record.fieldBegin() : linksBegin;
            linksEnd = record.end();
          }
          case Span.STATUS -> {
            statusBegin = record.begin();
            statusEnd = record.end();
          }
          default -> {}
        }
      }
      if (start == 0 || end == 0) {
        withoutTime++;
      } else if (traceEnd - traceBegin != TRACE_ID_BYTES || spanEnd - spanBegin != SPAN_ID_BYTES) {
        withoutId++;
      } else {
        row(start, end, kind);
      }
    }

    private void forget() {
      traceBegin = 0;
      traceEnd = 0;
      spanBegin = 0;
      spanEnd = 0;
      parentBegin = 0;
      parentEnd = 0;
      nameBegin = 0;
      nameEnd = 0;
      statusBegin = 0;
      statusEnd = 0;
      forgetAttributes();
      eventsBegin = 0;
      eventsEnd = 0;
      linksBegin = 0;
      linksEnd = 0;
    }

    private void row(long start, long end, int kind) {
      traceIds.append(bytes, traceBegin, TRACE_ID_BYTES);
      spanIds.append(bytes, spanBegin, SPAN_ID_BYTES);
      if (parentEnd - parentBegin == SPAN_ID_BYTES) {
        parents.append(bytes, parentBegin, SPAN_ID_BYTES);
      } else {
        parents.appendNull();
      }
      starts.append(start);
      ends.append(end);
      durations.append(end - start);
      names.appendIndex(scratch.text.intern(bytes, nameBegin, nameEnd, names));
      kinds.appendIndex(index(kind, KINDS, kindIndices, kinds));
      status();
      properties.appendIndex(document());
      events();
      links();
    }

    /// The dictionary index of a number's name; numbers without one count as 0.
    private static int index(int number, String[] texts, int[] known, DictionaryColumn column) {
      int value = number >= 0 && number < texts.length ? number : 0;
      if (known[value] < 0) {
        known[value] = column.intern(texts[value].getBytes(UTF_8));
      }
      return known[value];
    }

    private void status() {
      int code = 0;
      int messageBegin = 0;
      int messageEnd = 0;
      part.over(bytes, statusBegin, statusEnd);
      while (part.next()) {
        switch (part.tag()) {
          case Status.CODE -> code = part.asInt();
          case Status.MESSAGE -> {
            messageBegin = part.begin();
            messageEnd = part.end();
          }
          default -> {}
        }
      }
      statuses.appendIndex(index(code, STATUSES, statusIndices, statuses));
      if (messageEnd > messageBegin) {
        scratch.text.append(bytes, messageBegin, messageEnd, messages);
      } else {
        messages.appendNull();
      }
    }

    private int document() {
      int known = documents.find(attributesBegin, attributesEnd, 0, 0, records.scope());
      if (known >= 0) {
        return known;
      }
      json.beginObject();
      scratch.attributes.addAll(bytes, attributesBegin, attributesEnd, Span.ATTRIBUTES, false);
      scratch.attributes.addScope(records);
      int made = endDocument(properties);
      documents.put(made);
      return made;
    }

    private void events() {
      if (eventsEnd == 0) {
        events.append(EMPTY_ARRAY, 0, EMPTY_ARRAY.length);
        return;
      }
      json.beginArray();
      record.over(bytes, eventsBegin, eventsEnd);
      while (record.next()) {
        if (record.tag() == Span.EVENTS) {
          scratch.takeRecord();
          event(record.begin(), record.end());
        }
      }
      json.end();
      append(events);
    }

    private void event(int begin, int end) {
      long time = 0;
      int eventNameBegin = 0;
      int eventNameEnd = 0;
      part.over(bytes, begin, end);
      while (part.next()) {
        switch (part.tag()) {
          case SpanEvent.TIME_UNIX_NANO -> time = part.asLong();
          case SpanEvent.NAME -> {
            eventNameBegin = part.begin();
            eventNameEnd = part.end();
          }
          default -> {}
        }
      }
      json.beginObject();
      json.key(ATTRIBUTES);
      json.beginObject();
      scratch.attributes.addAll(bytes, begin, end, SpanEvent.ATTRIBUTES, true);
      json.end();
      json.key(NAME);
      scratch.attributes.text(bytes, eventNameBegin, eventNameEnd);
      json.key(TIME);
      json.value(time);
      json.end();
    }

    private void links() {
      if (linksEnd == 0) {
        links.append(EMPTY_ARRAY, 0, EMPTY_ARRAY.length);
        return;
      }
      json.beginArray();
      record.over(bytes, linksBegin, linksEnd);
      while (record.next()) {
        if (record.tag() == Span.LINKS) {
          scratch.takeRecord();
          link(record.begin(), record.end());
        }
      }
      json.end();
      append(links);
    }

    private void link(int begin, int end) {
      int linkTraceBegin = 0;
      int linkTraceEnd = 0;
      int linkSpanBegin = 0;
      int linkSpanEnd = 0;
      part.over(bytes, begin, end);
      while (part.next()) {
        switch (part.tag()) {
          case SpanLink.TRACE_ID -> {
            linkTraceBegin = part.begin();
            linkTraceEnd = part.end();
          }
          case SpanLink.SPAN_ID -> {
            linkSpanBegin = part.begin();
            linkSpanEnd = part.end();
          }
          default -> {}
        }
      }
      json.beginObject();
      json.key(ATTRIBUTES);
      json.beginObject();
      scratch.attributes.addAll(bytes, begin, end, SpanLink.ATTRIBUTES, true);
      json.end();
      json.key(SPAN_ID);
      json.hexText(bytes, linkSpanBegin, linkSpanEnd);
      json.key(TRACE_ID);
      json.hexText(bytes, linkTraceBegin, linkTraceEnd);
      json.end();
    }

    private void append(BytesColumn column) {
      scratch.budget.take(json.length());
      column.append(json.document(), 0, json.length());
    }
  }
}
