package micromegas.lakehouse.blocks;

import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.IntColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.transit.DependencyTable;
import micromegas.transit.ObjectCursor;

/// Decodes native log blocks into the columns of `log_entries` ([LogColumns]; `views.md` 3). The
/// declared bounds are the true extremes of the rows' times, not those of the first and last row.
public final class LogBlockProcessor extends NativeBlockProcessor<LogEvents.Fields> {
  private static final int VERSION = 1;

  public LogBlockProcessor() {
    super(new LogEvents());
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  void read(OpenBlock<LogEvents.Fields> block, ColumnBatch out) {
    new Run(block, out).read();
  }

  /// One pass over one block. Hot code: 86 ns per event of about 60 bytes of text, decompression
  /// included, one core of the reference machine, warm.
  private static final class Run {
    private final OpenBlock<LogEvents.Fields> block;
    private final ColumnBatch out;
    private final EventPlan<LogEvents.Fields> plan;
    private final TickConverter ticks;
    private final DependencyTable dependencies;
    private final ObjectCursor cursor;
    private final LogDescriptors descriptors;
    private final TextIndex targetIndex;
    private final PropertyIndex propertyIndex;
    private final TextBudget budget;
    private final LongColumn times;
    private final DictionaryColumn targets;
    private final IntColumn levels;
    private final BytesColumn messages;
    private final DictionaryColumn properties;
    private final int noProperties;

    Run(OpenBlock<LogEvents.Fields> block, ColumnBatch out) {
      DecodeScratch scratch = block.scratch;
      this.block = block;
      this.out = out;
      plan = block.plan;
      ticks = TickConverter.ofBlock(block.source);
      dependencies = block.dependencies;
      cursor = block.cursor;
      descriptors = scratch.logDescriptors;
      targetIndex = scratch.targets;
      propertyIndex = scratch.properties;
      budget = scratch.budget;
      times = out.longs(LogColumns.TIME);
      targets = out.dictionary(LogColumns.TARGET);
      levels = out.ints(LogColumns.LEVEL);
      messages = out.bytes(LogColumns.MSG);
      properties = out.dictionary(LogColumns.PROPERTIES);
      descriptors.begin(plan.dependencyTypes());
      targetIndex.begin(targets);
      propertyIndex.begin(properties);
      noProperties = propertyIndex.empty();
    }

    void read() {
      int before = times.size();
      while (cursor.next()) {
        LogEvents.Fields fields = plan.fields(cursor.type());
        switch (fields.reader) {
          case LogEvents.STATIC -> staticEvent(fields);
          case LogEvents.STRING -> stringEvent(false);
          case LogEvents.LEGACY_STRING -> stringEvent(true);
          case LogEvents.TAGGED -> taggedEvent();
          case LogEvents.STATIC_INTEROP -> staticInterop(fields);
          case LogEvents.STRING_INTEROP -> interop(fields, false, false);
          case LogEvents.LEGACY_INTEROP -> interop(fields, true, false);
          case LogEvents.TAGGED_INTEROP -> interop(fields, false, true);
          default -> block.skip(fields);
        }
      }
      BlockRuns runs = new BlockRuns(block, out, times.size() - before);
      runs.origin();
      runs.processProperties(LogColumns.PROCESS_PROPERTIES);
      out.widenBy(times, before);
    }

    private void staticEvent(LogEvents.Fields fields) {
      int statement = dependencies.requireRecord(cursor.getLong(fields.descriptor));
      int message = descriptors.message(statement);
      int target = descriptors.target(statement);
      row(cursor.getLong(fields.time), target, descriptors.level(statement), noProperties);
      message(
          dependencies.texts(), dependencies.textBegin(message), dependencies.textLength(message));
    }

    private void stringEvent(boolean legacy) {
      int statement = dependencies.requireRecord(cursor.readLong());
      long time = cursor.readLong();
      if (legacy) {
        cursor.readRestAsText();
      } else {
        cursor.readText();
      }
      int target = descriptors.target(statement);
      row(time, target, descriptors.level(statement), noProperties);
      message(cursor.text(), cursor.textBegin(), cursor.textLength());
    }

    private void taggedEvent() {
      int statement = dependencies.requireRecord(cursor.readLong());
      int set = dependencies.requirePropertySet(cursor.readLong());
      long time = cursor.readLong();
      cursor.readText();
      int target = descriptors.target(set, descriptors.target(statement));
      int level = descriptors.level(set, descriptors.level(statement));
      row(time, target, level, propertyIndex.of(set));
      message(cursor.text(), cursor.textBegin(), cursor.textLength());
    }

    private void staticInterop(LogEvents.Fields fields) {
      int target = dependencies.requireText(cursor.getLong(fields.target));
      int message = dependencies.requireText(cursor.getLong(fields.message));
      row(cursor.getLong(fields.time), target, cursor.getInt(fields.level), noProperties);
      message(
          dependencies.texts(), dependencies.textBegin(message), dependencies.textLength(message));
    }

    private void interop(LogEvents.Fields fields, boolean legacy, boolean tagged) {
      long time = cursor.readLong();
      int level = legacy ? cursor.readInt() : cursor.readByte();
      int target =
          dependencies.requireText(cursor.readReference(fields.targetBytes, fields.target));
      int propertiesOfEvent =
          tagged
              ? propertyIndex.of(dependencies.requirePropertySet(cursor.readLong()))
              : noProperties;
      if (legacy) {
        cursor.readRestAsText();
      } else {
        cursor.readText();
      }
      row(time, target, level, propertiesOfEvent);
      message(cursor.text(), cursor.textBegin(), cursor.textLength());
    }

    private void row(long time, int target, int level, int propertiesOfEvent) {
      times.append(ticks.toNanos(time));
      targets.appendIndex(targetIndex.of(target));
      levels.append(level);
      properties.appendIndex(propertiesOfEvent);
    }

    private void message(byte[] text, int begin, int length) {
      budget.take(length);
      messages.append(text, begin, length);
    }
  }
}
