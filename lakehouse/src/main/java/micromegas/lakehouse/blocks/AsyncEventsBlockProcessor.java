package micromegas.lakehouse.blocks;

import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.IntColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.transit.DependencyTable;
import micromegas.transit.ObjectCursor;

/// Decodes native `cpu` blocks into the columns of `async_events` ([AsyncEventColumns]; `views.md`
/// 6): one row per event, nothing paired. The declared bounds are the true extremes of the rows'
/// times.
public final class AsyncEventsBlockProcessor extends NativeBlockProcessor<AsyncEvents.Fields> {
  private static final int VERSION = 1;

  public AsyncEventsBlockProcessor() {
    super(new AsyncEvents());
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  void read(OpenBlock<AsyncEvents.Fields> block, ColumnBatch out) {
    new Run(block, out).read();
  }

  /// One pass over one block. Hot code.
  private static final class Run {
    private final OpenBlock<AsyncEvents.Fields> block;
    private final ColumnBatch out;
    private final EventPlan<AsyncEvents.Fields> plan;
    private final TickConverter ticks;
    private final DependencyTable dependencies;
    private final ObjectCursor cursor;
    private final CallSites sites;
    private final TextIndex nameIndex;
    private final TextIndex fileIndex;
    private final TextIndex targetIndex;
    private final LongColumn times;
    private final DictionaryColumn eventTypes;
    private final LongColumn spanIds;
    private final LongColumn parentSpanIds;
    private final IntColumn depths;
    private final IntColumn hashes;
    private final DictionaryColumn names;
    private final DictionaryColumn files;
    private final DictionaryColumn targets;
    private final IntColumn lines;
    private final int begin;
    private final int end;

    Run(OpenBlock<AsyncEvents.Fields> block, ColumnBatch out) {
      DecodeScratch scratch = block.scratch;
      this.block = block;
      this.out = out;
      plan = block.plan;
      ticks = TickConverter.ofBlock(block.source);
      dependencies = block.dependencies;
      cursor = block.cursor;
      sites = scratch.sites;
      nameIndex = scratch.names;
      fileIndex = scratch.files;
      targetIndex = scratch.targets;
      times = out.longs(AsyncEventColumns.TIME);
      eventTypes = out.dictionary(AsyncEventColumns.EVENT_TYPE);
      spanIds = out.longs(AsyncEventColumns.SPAN_ID);
      parentSpanIds = out.longs(AsyncEventColumns.PARENT_SPAN_ID);
      depths = out.ints(AsyncEventColumns.DEPTH);
      hashes = out.ints(AsyncEventColumns.HASH);
      names = out.dictionary(AsyncEventColumns.NAME);
      files = out.dictionary(AsyncEventColumns.FILENAME);
      targets = out.dictionary(AsyncEventColumns.TARGET);
      lines = out.ints(AsyncEventColumns.LINE);
      begin = eventTypes.intern(Texts.BEGIN);
      end = eventTypes.intern(Texts.END);
      sites.begin(plan.dependencyTypes());
      nameIndex.begin(names);
      fileIndex.begin(files);
      targetIndex.begin(targets);
    }

    void read() {
      int before = times.size();
      while (cursor.next()) {
        AsyncEvents.Fields fields = plan.fields(cursor.type());
        switch (fields.reader) {
          case AsyncEvents.BEGIN -> row(fields, descriptor(fields), begin);
          case AsyncEvents.END -> row(fields, descriptor(fields), end);
          case AsyncEvents.NAMED_BEGIN -> row(fields, location(fields), begin);
          case AsyncEvents.NAMED_END -> row(fields, location(fields), end);
          default -> block.skip(fields);
        }
      }
      BlockRuns runs = new BlockRuns(block, out, times.size() - before);
      runs.text(AsyncEventColumns.STREAM_ID, block.source.block().info().streamId().toString());
      runs.text(AsyncEventColumns.BLOCK_ID, block.source.block().info().blockId().toString());
      out.widenBy(times, before);
    }

    private int descriptor(AsyncEvents.Fields fields) {
      return sites.of(dependencies.requireRecord(cursor.getLong(fields.site)));
    }

    private int location(AsyncEvents.Fields fields) {
      int location = dependencies.requireRecord(cursor.getLong(fields.site));
      return sites.of(location, dependencies.requireText(cursor.getLong(fields.name)));
    }

    private void row(AsyncEvents.Fields fields, int site, int eventType) {
      times.append(ticks.toNanos(cursor.getLong(fields.time)));
      eventTypes.appendIndex(eventType);
      spanIds.append(cursor.getLong(fields.spanId));
      parentSpanIds.append(cursor.getLong(fields.parentSpanId));
      depths.append(cursor.getInt(fields.depth));
      hashes.append(sites.hash(site));
      names.appendIndex(nameIndex.of(sites.name(site)));
      files.appendIndex(fileIndex.of(sites.file(site)));
      targets.appendIndex(targetIndex.of(sites.target(site)));
      lines.append(sites.line(site));
    }
  }
}
