package micromegas.tracing.record;

import java.util.List;
import micromegas.transit.EventRecords;
import org.jspecify.annotations.Nullable;

/// A chain of chunks that one thread fills with events that have their own ticks. The methods take
/// events in the order of their ticks; those for which there is no memory are counted as lost.
public final class PastChain {
  private final Engine engine;
  private @Nullable Chunk first;
  private @Nullable Chunk chunk;
  private int position;

  public PastChain(Engine engine) {
    this.engine = engine;
  }

  /// @param level as on the wire
  public void log(
      long descriptor, int level, @Nullable Reference properties, String text, long ticks) {
    String fitting = engine.fitting(text);
    int bytes = TextEncoder.length(fitting);
    int head = properties == null ? EventRecords.LOG_BYTES : EventRecords.TAGGED_LOG_BYTES;
    Chunk out = room(head + bytes, Engine.claim(level));
    if (out == null) {
      engine.losses().add(Loss.LOGS);
      return;
    }
    int at;
    if (properties == null) {
      at = Records.logHead(out.bytes, position, descriptor, ticks, bytes);
    } else {
      out.refer(properties);
      at = Records.taggedLogHead(out.bytes, position, descriptor, properties.id(), ticks, bytes);
    }
    publish(out, TextEncoder.encode(fitting, bytes, out.bytes, at));
    engine.signalIfSevere(level);
  }

  /// A sample; negative ones become doubles, because readers take integers as unsigned (R11).
  public void integerMetric(
      long descriptor, @Nullable Reference properties, long value, long ticks) {
    if (value < 0) {
      floatMetric(descriptor, properties, value, ticks);
    } else if (properties == null) {
      metric(EventRecords.INTEGER_METRIC, descriptor, null, value, ticks);
    } else {
      metric(EventRecords.TAGGED_INTEGER_METRIC, descriptor, properties, value, ticks);
    }
  }

  /// A sample.
  public void floatMetric(
      long descriptor, @Nullable Reference properties, double value, long ticks) {
    byte type = properties == null ? EventRecords.FLOAT_METRIC : EventRecords.TAGGED_FLOAT_METRIC;
    metric(type, descriptor, properties, Double.doubleToRawLongBits(value), ticks);
  }

  private void metric(
      byte type, long descriptor, @Nullable Reference properties, long bits, long ticks) {
    int size = properties == null ? EventRecords.METRIC_BYTES : EventRecords.TAGGED_METRIC_BYTES;
    Chunk out = room(size, ChunkPool.Claim.EVENTS);
    if (out == null) {
      engine.losses().add(Loss.METRICS);
    } else if (properties == null) {
      publish(out, Records.metric(out.bytes, position, type, descriptor, bits, ticks));
    } else {
      out.refer(properties);
      long set = properties.id();
      publish(out, Records.taggedMetric(out.bytes, position, type, descriptor, set, bits, ticks));
    }
  }

  /// The begin or the end of an async span.
  public void asyncSpan(
      boolean isBegin, long location, Reference name, long id, long parent, int depth, long ticks) {
    Chunk out = room(EventRecords.NAMED_ASYNC_SPAN_BYTES, ChunkPool.Claim.SPANS);
    if (out == null) {
      engine.losses().add(Loss.ASYNC_SPANS);
      return;
    }
    out.refer(name);
    byte type = isBegin ? EventRecords.BEGIN_NAMED_ASYNC_SPAN : EventRecords.END_NAMED_ASYNC_SPAN;
    publish(
        out,
        Records.namedAsyncSpan(
            out.bytes, position, type, location, name.id(), id, parent, depth, ticks));
  }

  /// Hands the events over; nothing may be added afterwards.
  public static void record(Engine engine, PastChain logs, PastChain metrics, PastChain spans) {
    engine.keep(new Engine.Kept(logs.chunks(), metrics.chunks(), spans.chunks()));
  }

  private List<Chunk> chunks() {
    Chunk head = first;
    return head == null ? List.of() : List.of(head);
  }

  private @Nullable Chunk room(int size, ChunkPool.Claim claim) {
    Chunk current = chunk;
    if (current != null && size <= current.bytes.length - position) {
      return current;
    }
    int wanted = current == null ? ChunkPool.SMALL : ChunkPool.MEDIUM;
    Chunk next = engine.pool().take(size, wanted, claim);
    if (next == null) {
      return null;
    }
    if (current == null) {
      first = next;
    } else {
      current.link(next);
    }
    chunk = next;
    position = 0;
    return next;
  }

  private void publish(Chunk out, int end) {
    position = end;
    out.publish(end);
  }
}
