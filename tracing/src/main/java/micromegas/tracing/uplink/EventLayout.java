package micromegas.tracing.uplink;

import java.util.Arrays;
import java.util.List;
import micromegas.tracing.spi.StreamKind;
import micromegas.transit.ClientTypes;
import micromegas.transit.DependencyWriter;
import micromegas.transit.EventRecords;
import micromegas.transit.TransitLayout;
import micromegas.transit.TypeTable;
import micromegas.transit.UserDefinedType;

/// Where the ticks and the ids lie in the events of a kind of stream, by type index, counted from
/// the begin of the record. Immutable.
final class EventLayout {
  private static final int NONE = -1;
  private static final int TYPES = 8;

  private final List<UserDefinedType> dependencies;
  private final List<UserDefinedType> objects;
  private final TypeTable types;
  private final int[] ticks = new int[TYPES];
  private final int[] secondId = new int[TYPES];
  private final boolean hasIds;

  private EventLayout(
      List<UserDefinedType> dependencies, List<UserDefinedType> objects, boolean hasIds) {
    this.dependencies = dependencies;
    this.objects = objects;
    this.types = TransitLayout.compile(dependencies, objects).objects();
    this.hasIds = hasIds;
    Arrays.fill(ticks, NONE);
    Arrays.fill(secondId, NONE);
  }

  static EventLayout of(StreamKind kind) {
    return switch (kind) {
      case LOGS ->
          new EventLayout(ClientTypes.logDependencies(), ClientTypes.logObjects(), true)
              .event(EventRecords.CONSTANT_LOG, 8, NONE)
              .event(EventRecords.LOG, 8, NONE)
              .event(EventRecords.TAGGED_LOG, 16, 8);
      case METRICS ->
          new EventLayout(ClientTypes.metricDependencies(), ClientTypes.metricObjects(), true)
              .event(EventRecords.INTEGER_METRIC, 16, NONE)
              .event(EventRecords.FLOAT_METRIC, 16, NONE)
              .event(EventRecords.TAGGED_INTEGER_METRIC, 24, 8)
              .event(EventRecords.TAGGED_FLOAT_METRIC, 24, 8);
      case SPANS ->
          new EventLayout(ClientTypes.spanDependencies(), ClientTypes.spanObjects(), true)
              .event(EventRecords.BEGIN_SPAN, 8, NONE)
              .event(EventRecords.END_SPAN, 8, NONE)
              .event(EventRecords.BEGIN_NAMED_SPAN, 16, 8)
              .event(EventRecords.END_NAMED_SPAN, 16, 8)
              .event(EventRecords.BEGIN_ASYNC_SPAN, 28, NONE)
              .event(EventRecords.END_ASYNC_SPAN, 28, NONE)
              .event(EventRecords.BEGIN_NAMED_ASYNC_SPAN, 36, 8)
              .event(EventRecords.END_NAMED_ASYNC_SPAN, 36, 8);
      case IMAGES ->
          new EventLayout(List.of(), ClientTypes.imageObjects(), false)
              .event(EventRecords.IMAGE, 0, NONE);
    };
  }

  private EventLayout event(byte type, int ticksAt, int secondIdAt) {
    ticks[type] = ticksAt;
    secondId[type] = secondIdAt;
    return this;
  }

  List<UserDefinedType> dependencies() {
    return dependencies;
  }

  List<UserDefinedType> objects() {
    return objects;
  }

  /// Types of the events, for walking them.
  TypeTable types() {
    return types;
  }

  int ticksAt(int type) {
    return ticks[type];
  }

  /// Whether events begin with the id of their call site.
  boolean hasIds() {
    return hasIds;
  }

  /// Where the id of a name or of properties lies, or -1.
  int secondIdAt(int type) {
    return secondId[type];
  }

  DependencyWriter newDependencies(StreamKind kind) {
    return kind == StreamKind.SPANS
        ? DependencyWriter.ofSpans()
        : DependencyWriter.ofLogsOrMetrics();
  }
}
