package micromegas.lakehouse.blocks;

import micromegas.common.CorruptDataException;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.IntColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.DependencyTable;
import micromegas.transit.ObjectCursor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decodes native log blocks into the columns of `log_entries` ([LogColumns]; `views.md` 3). The
/// declared bounds are the true extremes of the rows' times, not those of the first and last row.
///
/// A block that cannot be decoded leaves no row. Events of unknown types are skipped with one
/// warning per block and type.
public final class LogBlockProcessor implements BlockProcessor {
  private static final Logger LOG = LoggerFactory.getLogger(LogBlockProcessor.class);
  private static final int VERSION = 1;

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  public void process(SourceBlock block, byte[] payload, ColumnBatch out, DecodeScratch scratch) {
    ColumnBatch.Mark mark = out.mark();
    boolean done = false;
    try {
      LogPlan plan = scratch.open(block, payload).logs;
      new Run(block, out, scratch, plan).decode();
      done = true;
    } catch (CorruptBlockException e) {
      throw new CorruptDataException(
          "block "
              + block.block().info().blockId()
              + " of stream "
              + block.stream().info().streamId()
              + ": "
              + e.getMessage(),
          e);
    } finally {
      if (!done) {
        out.rollback(mark);
      }
    }
  }

  /// One pass over one block. Hot code: 86 ns per event of about 60 bytes of text, decompression
  /// included, one core of the reference machine, warm.
  private static final class Run {
    private final SourceBlock block;
    private final ColumnBatch out;
    private final DecodeScratch scratch;
    private final LogPlan plan;
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
    private boolean[] warned = {};
    private long minNanos = Long.MAX_VALUE;
    private long maxNanos = Long.MIN_VALUE;

    Run(SourceBlock block, ColumnBatch out, DecodeScratch scratch, LogPlan plan) {
      this.block = block;
      this.out = out;
      this.scratch = scratch;
      this.plan = plan;
      ticks = TickConverter.ofBlock(block.process().info(), block.block().info());
      dependencies = scratch.dependencies;
      cursor = scratch.cursor;
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

    void decode() {
      int before = times.size();
      while (cursor.next()) {
        int type = cursor.type();
        switch (plan.reader(type)) {
          case LogPlan.STATIC -> staticEvent(plan.fields(type));
          case LogPlan.STRING -> stringEvent(false);
          case LogPlan.LEGACY_STRING -> stringEvent(true);
          case LogPlan.TAGGED -> taggedEvent();
          case LogPlan.STATIC_INTEROP -> staticInterop(plan.fields(type));
          case LogPlan.STRING_INTEROP -> interop(plan.fields(type), false, false);
          case LogPlan.LEGACY_INTEROP -> interop(plan.fields(type), true, false);
          case LogPlan.TAGGED_INTEROP -> interop(plan.fields(type), false, true);
          default -> warn(type);
        }
      }
      int rows = times.size() - before;
      if (rows > 0) {
        out.widen(minNanos, maxNanos);
        BlockRuns.append(
            block,
            rows,
            out,
            LogColumns.PROCESS_PROPERTIES,
            scratch.processDocument(block.process().info().properties()));
      }
    }

    private void staticEvent(LogPlan.Fields fields) {
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

    private void staticInterop(LogPlan.Fields fields) {
      int target = dependencies.requireText(cursor.getLong(fields.target));
      int message = dependencies.requireText(cursor.getLong(fields.message));
      row(cursor.getLong(fields.time), target, cursor.getInt(fields.level), noProperties);
      message(
          dependencies.texts(), dependencies.textBegin(message), dependencies.textLength(message));
    }

    private void interop(LogPlan.Fields fields, boolean legacy, boolean tagged) {
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
      long nanos = ticks.toNanos(time);
      minNanos = Math.min(minNanos, nanos);
      maxNanos = Math.max(maxNanos, nanos);
      times.append(nanos);
      targets.appendIndex(targetIndex.of(target));
      levels.append(level);
      properties.appendIndex(propertiesOfEvent);
    }

    private void message(byte[] text, int begin, int length) {
      budget.take(length);
      messages.append(text, begin, length);
    }

    private void warn(int type) {
      if (warned.length == 0) {
        warned = new boolean[256];
      }
      if (!warned[type]) {
        warned[type] = true;
        LOG.warn(
            "block {}: events of the unknown type {} are skipped",
            block.block().info().blockId(),
            plan.name(type));
      }
    }
  }
}
