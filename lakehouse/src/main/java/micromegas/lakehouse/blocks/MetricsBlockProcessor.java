package micromegas.lakehouse.blocks;

import micromegas.common.CorruptDataException;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.DoubleColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.DependencyTable;
import micromegas.transit.ObjectCursor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decodes native metric blocks into the columns of `measures` ([MeasureColumns]; `views.md` 4).
/// The declared bounds are the true extremes of the rows' times.
///
/// A block that cannot be decoded leaves no row. Events of unknown types are skipped with one
/// warning per block and type.
public final class MetricsBlockProcessor implements BlockProcessor {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsBlockProcessor.class);
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
      MetricPlan plan = scratch.open(block, payload).metrics;
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

  /// One pass over one block. Hot code: 53 ns per event, decompression included, one core of the
  /// reference machine, warm.
  private static final class Run {
    private final SourceBlock block;
    private final ColumnBatch out;
    private final DecodeScratch scratch;
    private final MetricPlan plan;
    private final TickConverter ticks;
    private final DependencyTable dependencies;
    private final ObjectCursor cursor;
    private final MetricDescriptors descriptors;
    private final TextIndex targetIndex;
    private final TextIndex nameIndex;
    private final TextIndex unitIndex;
    private final PropertyIndex propertyIndex;
    private final LongColumn times;
    private final DictionaryColumn targets;
    private final DictionaryColumn names;
    private final DictionaryColumn units;
    private final DoubleColumn values;
    private final DictionaryColumn properties;
    private final int noProperties;
    private int seconds = -1;
    private boolean[] warned = {};
    private long minNanos = Long.MAX_VALUE;
    private long maxNanos = Long.MIN_VALUE;

    Run(SourceBlock block, ColumnBatch out, DecodeScratch scratch, MetricPlan plan) {
      this.block = block;
      this.out = out;
      this.scratch = scratch;
      this.plan = plan;
      ticks = TickConverter.ofBlock(block.process().info(), block.block().info());
      dependencies = scratch.dependencies;
      cursor = scratch.cursor;
      descriptors = scratch.metricDescriptors;
      targetIndex = scratch.targets;
      nameIndex = scratch.names;
      unitIndex = scratch.units;
      propertyIndex = scratch.properties;
      times = out.longs(MeasureColumns.TIME);
      targets = out.dictionary(MeasureColumns.TARGET);
      names = out.dictionary(MeasureColumns.NAME);
      units = out.dictionary(MeasureColumns.UNIT);
      values = out.doubles(MeasureColumns.VALUE);
      properties = out.dictionary(MeasureColumns.PROPERTIES);
      descriptors.begin(plan.dependencyTypes());
      targetIndex.begin(targets);
      nameIndex.begin(names);
      unitIndex.begin(units);
      propertyIndex.begin(properties);
      noProperties = propertyIndex.empty();
    }

    void decode() {
      int before = times.size();
      while (cursor.next()) {
        int type = cursor.type();
        byte reader = plan.reader(type);
        if (reader == MetricPlan.UNKNOWN) {
          warn(type);
        } else {
          event(reader, plan.fields(type));
        }
      }
      int rows = times.size() - before;
      if (rows > 0) {
        out.widen(minNanos, maxNanos);
        BlockRuns.append(
            block,
            rows,
            out,
            MeasureColumns.PROCESS_PROPERTIES,
            scratch.processDocument(block.process().info().properties()));
      }
    }

    private void event(byte reader, MetricPlan.Fields fields) {
      int metric = dependencies.requireRecord(cursor.getLong(fields.descriptor));
      descriptors.resolveMetric(metric);
      int name;
      int unit;
      int target;
      int propertiesOfEvent;
      if (reader == MetricPlan.TAGGED_INTEGER || reader == MetricPlan.TAGGED_FLOAT) {
        int set = dependencies.requirePropertySet(cursor.getLong(fields.properties));
        descriptors.resolveSet(set);
        name = descriptors.name(metric, set);
        unit = descriptors.unit(metric, set);
        target = descriptors.target(metric, set);
        propertiesOfEvent = propertyIndex.of(set);
      } else {
        name = descriptors.name(metric);
        unit = descriptors.unit(metric);
        target = descriptors.target(metric);
        propertiesOfEvent = noProperties;
      }
      if (reader == MetricPlan.FLOAT || reader == MetricPlan.TAGGED_FLOAT) {
        values.append(cursor.getDouble(fields.value));
        units.appendIndex(unitIndex.of(unit));
      } else {
        integer(cursor.getLong(fields.value), unit);
      }
      long nanos = ticks.toNanos(cursor.getLong(fields.time));
      minNanos = Math.min(minNanos, nanos);
      maxNanos = Math.max(maxNanos, nanos);
      times.append(nanos);
      names.appendIndex(nameIndex.of(name));
      targets.appendIndex(targetIndex.of(target));
      properties.appendIndex(propertiesOfEvent);
    }

    /// Integers in ticks are durations and become seconds.
    private void integer(long value, int unit) {
      if (descriptors.isTicks(unit)) {
        if (seconds < 0) {
          seconds = units.intern(Texts.SECONDS);
        }
        values.append(ticks.toMillis(value) / 1000);
        units.appendIndex(seconds);
      } else {
        values.append(unsignedToDouble(value));
        units.appendIndex(unitIndex.of(unit));
      }
    }

    private static double unsignedToDouble(long value) {
      // Halved with the lost bit kept, so that rounding is the same as of the whole.
      return value >= 0 ? (double) value : (double) (value >>> 1 | value & 1) * 2;
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
