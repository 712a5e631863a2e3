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
    private static final int RESOLVED_SIZE = 4;
    private static final int TARGET = 1;
    private static final int UNIT = 2;
    private static final int TICKS = 3;

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

    /// For each metric that was met: dictionary indices of name, target and unit, and whether the
    /// unit is ticks.
    private final int[] resolved;

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
      resolved = descriptors.resolved(RESOLVED_SIZE);
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
      int at = metric * RESOLVED_SIZE;
      if (resolved[at] < 0) {
        resolve(metric, at);
      }
      int name = resolved[at];
      int target = resolved[at + TARGET];
      int unit = resolved[at + UNIT];
      boolean isTicks = resolved[at + TICKS] != 0;
      int propertiesOfEvent = noProperties;
      if (reader == MetricEvents.TAGGED_INTEGER || reader == MetricEvents.TAGGED_FLOAT) {
        int set = dependencies.requirePropertySet(cursor.getLong(fields.properties));
        propertiesOfEvent = propertyIndex.of(set);
        descriptors.resolveSet(set);
        if (descriptors.overrides(set)) {
          name = nameIndex.of(descriptors.name(metric, set));
          target = targetIndex.of(descriptors.target(metric, set));
          int text = descriptors.unit(metric, set);
          isTicks = descriptors.isTicks(text);
          unit = unitIndex.of(text);
        }
      }
      if (reader == MetricEvents.FLOAT || reader == MetricEvents.TAGGED_FLOAT) {
        values.append(cursor.getDouble(fields.value));
      } else if (isTicks) {
        // Integers in ticks are durations and become seconds.
        values.append(ticks.toMillis(cursor.getLong(fields.value)) / 1000);
        unit = seconds();
      } else {
        values.append(unsignedToDouble(cursor.getLong(fields.value)));
      }
      units.appendIndex(unit);
      times.append(ticks.toNanos(cursor.getLong(fields.time)));
      names.appendIndex(name);
      targets.appendIndex(target);
      properties.appendIndex(propertiesOfEvent);
    }

    private void resolve(int metric, int at) {
      descriptors.resolveMetric(metric);
      int unit = descriptors.unit(metric);
      resolved[at + TARGET] = targetIndex.of(descriptors.target(metric));
      resolved[at + UNIT] = unitIndex.of(unit);
      resolved[at + TICKS] = descriptors.isTicks(unit) ? 1 : 0;
      resolved[at] = nameIndex.of(descriptors.name(metric)); // last: it says that all are known
    }

    private int seconds() {
      if (seconds < 0) {
        seconds = units.intern(Texts.SECONDS);
      }
      return seconds;
    }

    private static double unsignedToDouble(long value) {
      // Halved with the lost bit kept, so that rounding is the same as of the whole.
      return value >= 0 ? (double) value : (double) (value >>> 1 | value & 1) * 2;
    }
  }
}
