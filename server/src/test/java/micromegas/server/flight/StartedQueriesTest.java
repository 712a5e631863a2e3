package micromegas.server.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// GetFlightInfo starts a query, DoGet fetches it.
class StartedQueriesTest {
  private static final String SQL = "SELECT value FROM events";

  @TempDir private Path folder;
  private FlightDoor door;

  private void open() {
    open(FlightSettings.DEFAULT_MAX_WAITING_QUERIES, FlightSettings.DEFAULT_MAX_WAITING_TIME);
  }

  private void open(int maxWaiting, Duration maxTime) {
    door =
        new FlightDoor(
            folder,
            settings ->
                new FlightSettings(
                    settings.host(),
                    settings.port(),
                    settings.limits(),
                    settings.maxInboundBytes(),
                    settings.targetBatchBytes(),
                    settings.sendAheadBytes(),
                    maxWaiting,
                    maxTime));
  }

  @AfterEach
  void close() throws Exception {
    door.close();
  }

  @Test
  void bothCallsCostOneQueryAndOneRecord() throws Exception {
    open();

    FlightInfo info = door.client.execute(SQL);

    assertThat(fetch(info)).isEqualTo(FlightDoor.ROWS);
    assertThat(door.engine.queries).hasValue(1);
    assertThat(door.engine.descriptions).hasValue(0);
    JsonNode record = door.nextAudit();
    assertThat(record.get("status").asText()).isEqualTo("ok");
    assertThat(record.get("output_rows").asLong()).isEqualTo(FlightDoor.ROWS);
    assertThat(record.get("peak_memory_bytes").asLong()).isGreaterThan(FlightDoor.ROWS * 8);
    assertThat(record.get("spilled_bytes").asLong()).isZero();
    assertThat(door.hasAudit()).isFalse();
  }

  @Test
  void ticketHoldsTheStatementAsTheReferencesDo() throws Exception {
    open();

    byte[] ticket = door.client.execute(SQL).getEndpoints().getFirst().getTicket().getBytes();

    assertThat(TicketStatementQuery.parseFrom(ticket).getStatementHandle().toStringUtf8())
        .isEqualTo(SQL);
  }

  @Test
  void ticketThatWasUsedStartsTheQueryAgain() throws Exception {
    open();
    FlightInfo info = door.client.execute(SQL);

    assertThat(fetch(info)).isEqualTo(FlightDoor.ROWS);
    assertThat(fetch(info)).isEqualTo(FlightDoor.ROWS);

    assertThat(door.engine.queries).hasValue(2);
    assertThat(door.nextAudit().get("query_id")).isNotEqualTo(door.nextAudit().get("query_id"));
  }

  @Test
  void rangeOfTheDoGetCounts() throws Exception {
    open();
    FlightInfo info = door.client.execute(SQL);
    FlightCallHeaders range = new FlightCallHeaders();
    range.insert("query_range_begin", "2026-01-01T00:00:00Z");
    range.insert("query_range_end", "2026-01-01T00:00:09Z");

    assertThat(fetch(info, new HeaderCallOption(range))).isEqualTo(10);

    assertThat(door.engine.queries).hasValue(2);
    assertThat(door.engine.closed.poll(1, TimeUnit.MINUTES)).isNotNull();
    assertThat(door.engine.closed.poll(1, TimeUnit.MINUTES)).isNotNull();
    assertThat(door.tables.pins).hasValue(0);
  }

  @Test
  void oldestGivesWayAndIsStartedAgain() throws Exception {
    open(1, Duration.ofHours(1));
    FlightInfo first = door.client.execute(SQL);
    FlightInfo second = door.client.execute(SQL);

    assertThat(door.nextAudit().get("status").asText()).isEqualTo("incomplete");
    assertThat(door.tables.pins).hasValue(1);
    assertThat(fetch(first)).isEqualTo(FlightDoor.ROWS);
    assertThat(fetch(second)).isEqualTo(FlightDoor.ROWS);
    assertThat(door.engine.queries).hasValue(3);
  }

  @Test
  void whatNobodyFetchesEndsAfterAWhile() throws Exception {
    open(8, Duration.ofMillis(1));

    FlightInfo info = door.client.execute(SQL);

    assertThat(door.engine.closed.poll(1, TimeUnit.MINUTES)).isNotNull();
    assertThat(door.nextAudit().get("status").asText()).isEqualTo("incomplete");
    assertThat(door.tables.pins).hasValue(0);
    assertThat(fetch(info)).isEqualTo(FlightDoor.ROWS);
  }

  @Test
  void stoppingTheServerEndsWhatWaits() throws Exception {
    open();
    FlightInfo unused = door.client.execute(SQL);
    assertThat(door.tables.pins).hasValue(1);

    door.server.stop(Duration.ofSeconds(10));

    assertThat(door.engine.closed).hasSize(1);
    assertThat(door.tables.pins).hasValue(0);
  }

  @Test
  void clientThatLeavesDuringGetFlightInfoEndsThePlanning() throws Exception {
    open();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Context.CancellableContext call = Context.current().withCancellation()) {
      Future<?> asking =
          executor.submit(call.wrap(() -> door.client.execute("SELECT value FROM stuck")));
      assertThat(door.tables.stuck.await(1, TimeUnit.MINUTES)).isTrue();

      call.cancel(null);

      assertThat(door.tables.interrupted.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(door.nextAudit().get("status").asText()).isEqualTo("incomplete");
      assertThatThrownBy(asking::get).isNotNull();
    }
  }

  @Test
  void mistakesAreReportedAndRecordedAtOnce() throws Exception {
    open();

    assertThatThrownBy(() -> door.client.execute("SELECT nothing FROM events"))
        .hasMessageContaining("nothing");

    JsonNode record = door.nextAudit();
    assertThat(record.get("status").asText()).isEqualTo("error");
    assertThat(record.get("error_class").asText()).isEqualTo("user");
  }

  @Test
  void metricsCountEveryOutcome() throws Exception {
    open(1, Duration.ofHours(1));
    FlightInfo given = door.client.execute(SQL);
    FlightInfo kept = door.client.execute(SQL);
    long sent = fetch(kept);
    assertThatThrownBy(() -> door.client.execute("SELECT nothing FROM events")).isNotNull();
    for (int i = 0; i < 3; i++) {
      door.nextAudit();
    }

    QueryMetrics metrics = door.server.metrics();

    assertThat(given.getEndpoints()).hasSize(1);
    assertThat(metrics.completed()).isOne();
    assertThat(metrics.incomplete()).isOne();
    assertThat(metrics.failedUser()).isOne();
    assertThat(metrics.failedResource() + metrics.failedInternal()).isZero();
    assertThat(metrics.rows()).isEqualTo(sent);
    assertThat(metrics.totalNanos()).isGreaterThanOrEqualTo(metrics.planningNanos()).isPositive();
    assertThat(metrics.peakMemoryBytes()).isPositive();
  }

  @Test
  void schemaAloneStartsNothing() throws Exception {
    open();

    assertThat(door.client.getExecuteSchema(SQL).getSchema().getFields()).hasSize(1);

    assertThat(door.engine.queries).hasValue(0);
    assertThat(door.engine.descriptions).hasValue(1);
  }

  @Test
  void unreadableIdInATicketIsIgnored() throws Exception {
    open();
    TicketStatementQuery ticket =
        TicketStatementQuery.parseFrom(
            door.client.execute(SQL).getEndpoints().getFirst().getTicket().getBytes());
    ByteString broken =
        ByteString.copyFrom(ticket.toByteArray()).substring(0, ticket.getSerializedSize() - 1);

    assertThatThrownBy(() -> fetch(new Ticket(broken.toByteArray())))
        .isNotInstanceOf(StatusRuntimeException.class);
    assertThat(
            fetch(
                new Ticket(
                    TicketStatementQuery.newBuilder()
                        .setStatementHandle(ByteString.copyFromUtf8(SQL))
                        .setUnknownFields(
                            com.google.protobuf.UnknownFieldSet.newBuilder()
                                .addField(
                                    20_001,
                                    com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFromUtf8("no id"))
                                        .build())
                                .build())
                        .build()
                        .toByteArray())))
        .isEqualTo(FlightDoor.ROWS);
  }

  private long fetch(FlightInfo info, CallOption... options) throws Exception {
    return fetch(info.getEndpoints().getFirst().getTicket(), options);
  }

  private long fetch(Ticket ticket, CallOption... options) throws Exception {
    long rows = 0;
    try (FlightStream stream = door.client.getStream(ticket, options)) {
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
    }
    return rows;
  }
}
