package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.otlp.Signal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// OpenTelemetry blocks in a lake: queried from the tail and from partitions, next to corrupt ones.
class OtelSpansTest {
  private static final Instant NOW = Instant.parse("2026-11-23T20:30:00Z");

  @TempDir Path folder;
  private LiveLake live;

  @BeforeEach
  void open() {
    live = new LiveLake(folder, NOW, FreshSettings.DEFAULT);
  }

  @AfterEach
  void close() {
    live.close();
  }

  @Test
  void spansAreReadFreshWithTheirTypes() {
    LiveLake.Source source = OtelLake.source(live, Signal.TRACES);
    byte[] trace = new byte[16];
    trace[0] = (byte) 0xab;
    OtelLake.insert(live, source, NOW, 2, OtelLake.spans(NOW, trace, new byte[16]));
    String view = " FROM view_instance('otel_spans', '" + source.processId() + "')";
    assertThat(live.types("SELECT trace_id, span_id, parent_span_id, events" + view))
        .containsExactly(
            "trace_id FixedSizeBinary(16)",
            "span_id FixedSizeBinary(8)",
            "parent_span_id FixedSizeBinary(8)",
            "events Binary");
    assertThat(
            live.query(
                "SELECT encode(trace_id, 'hex'), encode(span_id, 'hex'), parent_span_id IS NULL, name, kind, status,"
                    + " duration, jsonb_format_json(properties), jsonb_format_json(links)"
                    + view
                    + " ORDER BY start_time"))
        .containsExactly(
            "ab000000000000000000000000000000 0000000000000001 true span 0 CLIENT UNSET 1000"
                + " {\"i\":0,\"otel.scope.name\":\"test\"} []",
            "00000000000000000000000000000000 0000000000000002 true span 1 CLIENT UNSET 1000"
                + " {\"i\":1,\"otel.scope.name\":\"test\"} []");
  }

  @Test
  void aCorruptBlockIsRecordedAndItsNeighboursStay() {
    LiveLake.Source source = OtelLake.source(live, Signal.TRACES);
    Instant hourAgo = NOW.minusSeconds(7200);
    OtelLake.insert(live, source, hourAgo, 1, OtelLake.spans(hourAgo, new byte[16]));
    byte[] whole = OtelLake.spans(hourAgo, new byte[16]);
    UUID corrupt =
        OtelLake.insert(
            live, source, hourAgo.plusSeconds(1), 1, Arrays.copyOf(whole, whole.length - 1));
    OtelLake.insert(live, source, hourAgo.plusSeconds(2), 1, OtelLake.spans(hourAgo, new byte[16]));
    String view = " FROM view_instance('otel_spans', '" + source.processId() + "')";
    assertThat(live.count("SELECT count(*)" + view)).isEqualTo(2);
    assertThat(live.partitions("otel_spans", source.processId().toString())).hasSize(1);
    assertThat(live.query("SELECT view_set_name, block_id FROM list_block_errors()"))
        .containsExactly("otel_spans " + corrupt);
  }

  @Test
  void thereIsNoGlobalInstance() {
    assertThatThrownBy(() -> live.query("SELECT * FROM view_instance('otel_spans', 'global')"))
        .isInstanceOf(BadRequestException.class);
  }
}
