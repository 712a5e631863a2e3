package micromegas.server.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How rows travel: split into messages, no faster than the client reads, and no further than it
/// stays.
class StreamingTest {
  /// A kilobyte per row, without end as far as a test can see; holds a pin.
  private static final String ENDLESS =
      "SELECT repeat('x', 1000) AS text FROM events, range(100000000) AS r(i)";

  private static final long MIB = 1L << 20;

  @TempDir private Path folder;
  private FlightDoor door;

  @BeforeEach
  void open() {
    door = new FlightDoor(folder);
  }

  @AfterEach
  void close() throws Exception {
    door.close();
  }

  @Test
  void clientThatLeavesEndsTheQueryAndFreesAll() throws Exception {
    Call call = new Call(ENDLESS);
    call.request(3);
    assertThat(call.next()).isEqualTo(MessageHeader.Schema);
    assertThat(call.next()).isEqualTo(MessageHeader.RecordBatch);
    assertThat(door.tables.pins).hasValue(1);

    call.cancel();

    assertThat(door.engine.closed.poll(1, TimeUnit.MINUTES)).isNotNull();
    assertThat(door.nextAudit().get("status").asText()).isEqualTo("incomplete");
    assertThat(door.tables.pins).hasValue(0);
    assertThat(door.allocator.getAllocatedMemory()).isZero();
  }

  @Test
  void clientThatLeavesDuringPlanningEndsIt() throws Exception {
    Call call = new Call("SELECT value FROM stuck");
    call.request(1);
    assertThat(door.tables.stuck.await(1, TimeUnit.MINUTES)).isTrue();

    call.cancel();

    assertThat(door.tables.interrupted.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(door.nextAudit().get("status").asText()).isEqualTo("incomplete");
  }

  @Test
  void serverWaitsForASlowReader() throws Exception {
    Call slow = new Call(ENDLESS);
    slow.request(2);
    assertThat(slow.next()).isEqualTo(MessageHeader.Schema);
    assertThat(slow.next()).isEqualTo(MessageHeader.RecordBatch);

    // A hundred other answers are time enough for a server that does not wait.
    for (int i = 0; i < 100; i++) {
      assertThat(messages("SELECT i, repeat('y', 100) FROM range(20000) AS r(i)")).isNotEmpty();
    }

    // What is ahead, in flight, with the client, and being made; 8,192 rows are 8 MB.
    long bound = FlightSettings.DEFAULT_SEND_AHEAD_BYTES + 3 * 8 * MIB;
    long made = door.engine.rows.get() - 100 * 20_000;
    assertThat(made * 1000).isBetween(1L, bound);
    assertThat(door.allocator.getAllocatedMemory()).isLessThan(bound);

    slow.request(100);
    for (int i = 0; i < 100; i++) {
      assertThat(slow.next()).isEqualTo(MessageHeader.RecordBatch);
    }
    assertThat(door.engine.rows.get() - 100 * 20_000).isGreaterThan(made);
    slow.cancel();
    assertThat(door.nextAudit()).isNotNull();
  }

  @Test
  void longBatchesAreSplitAsTheReferenceSplitsThem() {
    List<Flight.FlightData> messages =
        messages("SELECT repeat(chr(CAST(97 + i AS INTEGER)), 700000) AS t FROM range(7) AS r(i)");

    assertThat(rows(messages)).containsExactly(2L, 2L, 2L, 1L);
    assertThat(messages)
        .allSatisfy(
            message -> assertThat(message.getDataBody().size()).isLessThan((int) (2 * MIB)));
  }

  @Test
  void oneRowIsNeverSplit() {
    List<Flight.FlightData> messages =
        messages("SELECT repeat('z', 5000000) AS t FROM range(2) AS r(i)");

    assertThat(rows(messages)).containsExactly(1L, 1L);
    assertThat(messages.getLast().getDataBody().size()).isGreaterThan(5_000_000);
  }

  @Test
  void messagesOfWideRowsStayBelowWhatClientsAccept() {
    List<Flight.FlightData> messages =
        messages(
            "SELECT i, repeat('w', 300) AS a, repeat('v', 200) AS b FROM range(50000) AS r(i)");

    assertThat(rows(messages).stream().mapToLong(Long::longValue).sum()).isEqualTo(50_000);
    assertThat(messages)
        .allSatisfy(message -> assertThat(message.getSerializedSize()).isLessThan((int) (4 * MIB)));
  }

  private List<Flight.FlightData> messages(String sql) {
    List<Flight.FlightData> messages = new ArrayList<>();
    door.raw(Map.of()).doGet(ticket(sql)).forEachRemaining(messages::add);
    assertThat(kind(messages.getFirst())).isEqualTo(MessageHeader.Schema);
    return messages;
  }

  private static List<Long> rows(List<Flight.FlightData> messages) {
    List<Long> rows = new ArrayList<>();
    for (Flight.FlightData data : messages) {
      Message message = message(data);
      if (message.headerType() == MessageHeader.RecordBatch) {
        rows.add(((RecordBatch) message.header(new RecordBatch())).length());
      }
    }
    return rows;
  }

  private static byte kind(Flight.FlightData data) {
    return message(data).headerType();
  }

  private static Message message(Flight.FlightData data) {
    return Message.getRootAsMessage(ByteBuffer.wrap(data.getDataHeader().toByteArray()));
  }

  private static Flight.Ticket ticket(String sql) {
    return Flight.Ticket.newBuilder()
        .setTicket(
            TicketStatementQuery.newBuilder()
                .setStatementHandle(ByteString.copyFromUtf8(sql))
                .build()
                .toByteString())
        .build();
  }

  /// A DoGet that reads only as many messages as it was told to.
  private final class Call {
    private final BlockingQueue<Byte> received = new LinkedBlockingQueue<>();
    private final ClientCall<Flight.Ticket, Flight.FlightData> call =
        door.channel.newCall(FlightServiceGrpc.getDoGetMethod(), CallOptions.DEFAULT);

    Call(String sql) {
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(Flight.FlightData message) {
              received.add(kind(message));
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              received.add((byte) -1);
            }
          },
          new Metadata());
      call.sendMessage(ticket(sql));
      call.halfClose();
    }

    void request(int messages) {
      call.request(messages);
    }

    /// Kind of the next message, -1 at the end.
    byte next() throws InterruptedException {
      Byte kind = received.poll(1, TimeUnit.MINUTES);
      assertThat(kind).as("a message within a minute").isNotNull();
      return kind;
    }

    void cancel() {
      call.cancel("enough", null);
    }
  }
}
