package micromegas.server.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What calls are answered with: forms of results, headers, errors.
class AnswersTest {
  @TempDir static Path folder;
  private static FlightDoor door;

  @BeforeAll
  static void open() {
    door = new FlightDoor(folder);
  }

  @AfterAll
  static void close() throws Exception {
    door.close();
  }

  @Test
  void dictionariesArePreservedOnlyOnRequest() throws Exception {
    String sql = "SELECT target, msg FROM events ORDER BY time";
    List<String> plain = new ArrayList<>();
    Schema plainSchema = read(sql, Map.of(), plain);
    List<String> encoded = new ArrayList<>();
    Schema encodedSchema = read(sql, Map.of("preserve_dictionary", "True"), encoded);

    assertThat(plainSchema.getFields()).noneMatch(field -> field.getDictionary() != null);
    Field target = encodedSchema.getFields().getFirst();
    assertThat(target.getDictionary()).isNotNull();
    assertThat(target.getDictionary().getIndexType()).isEqualTo(new ArrowType.Int(32, true));
    assertThat(encodedSchema.getFields().getLast().getDictionary()).isNull();
    assertThat(encoded).hasSize(FlightDoor.ROWS).isEqualTo(plain);
    assertThat(plain).contains("[target1, message 1]", "[target0, null]");
  }

  @Test
  void otherValuesOfPreserveDictionaryMeanNo() throws Exception {
    Schema schema =
        read("SELECT target FROM events", Map.of("preserve_dictionary", "1"), new ArrayList<>());

    assertThat(schema.getFields().getFirst().getDictionary()).isNull();
  }

  @Test
  void schemaOfTheInfoIsThatOfTheStream() throws Exception {
    for (Map<String, String> headers :
        List.of(Map.<String, String>of(), Map.of("preserve_dictionary", "true"))) {
      HeaderCallOption option = option(headers);
      FlightInfo info = door.client.execute("SELECT * FROM events LIMIT 3", option);
      try (FlightStream stream =
          door.client.getStream(info.getEndpoints().getFirst().getTicket(), option)) {
        // The stream's reader gives dictionary columns the type of their index.
        assertThat(info.getSchemaOptional().orElseThrow().getFields())
            .extracting(Field::getName)
            .isEqualTo(stream.getSchema().getFields().stream().map(Field::getName).toList());
        assertThat(info.getSchemaOptional().orElseThrow().getFields())
            .extracting(field -> field.getDictionary() != null)
            .isEqualTo(
                stream.getSchema().getFields().stream()
                    .map(field -> field.getDictionary() != null)
                    .toList());
      }
    }
  }

  @Test
  void preparedStatementsAreDescribedAndRun() throws Exception {
    try (PreparedStatement statement =
        door.client.prepare("SELECT target, value FROM events ORDER BY time")) {
      assertThat(statement.getResultSetSchema().getFields())
          .extracting(Field::getName)
          .containsExactly("target", "value");
      FlightInfo info = statement.execute();
      long rows = 0;
      try (FlightStream stream =
          door.client.getStream(info.getEndpoints().getFirst().getTicket())) {
        while (stream.next()) {
          rows += stream.getRoot().getRowCount();
        }
      }
      assertThat(rows).isEqualTo(FlightDoor.ROWS);
    }
  }

  @Test
  void everyFormOfTicketRuns() {
    ByteString sql = ByteString.copyFromUtf8("SELECT 1 AS one");
    Message bare = TicketStatementQuery.newBuilder().setStatementHandle(sql).build();
    Message prepared =
        FlightSql.CommandPreparedStatementQuery.newBuilder()
            .setPreparedStatementHandle(sql)
            .build();

    for (ByteString ticket :
        List.of(
            bare.toByteString(),
            Any.pack(bare).toByteString(),
            Any.pack(prepared).toByteString())) {
      assertThat(door.raw(Map.of()).doGet(Flight.Ticket.newBuilder().setTicket(ticket).build()))
          .toIterable()
          .hasSize(2);
    }
  }

  @Test
  void limitAndRangeRestrictTheRows() throws Exception {
    List<String> rows = new ArrayList<>();
    Schema unused =
        read(
            "SELECT msg FROM events ORDER BY time DESC",
            Map.of(
                "limit", "2",
                "query_range_begin", "2026-01-01 00:00:01z",
                "query_range_end", "2026-01-01t00:00:05Z"),
            rows);

    assertThat(rows).containsExactly("[message 5]", "[message 4]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELEC 1                                     | INVALID_ARGUMENT | user     | ParserError
          SELECT nothing FROM events                  | INVALID_ARGUMENT | user     | nothing
          SELECT * FROM no_such_table                 | INVALID_ARGUMENT | user     | no_such_table
          SELECT no_such_function(value) FROM events  | INVALID_ARGUMENT | user     | no_such_function
          SELECT 1; SELECT 2                          | INVALID_ARGUMENT | user     | single SQL statement
          SELECT CAST(msg AS INTEGER) FROM events     | INVALID_ARGUMENT | user     | error building data stream
          SELECT value FROM absent                    | NOT_FOUND        | user     | no rows returned for process
          """)
  void errorsCarryCodeClassTextAndId(String sql, String code, String errorClass, String text)
      throws Exception {
    assertThatThrownBy(() -> run(sql, Map.of()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.valueOf(code));
              assertThat(e.getStatus().getDescription()).contains(text, "query_id=");
            })
        .satisfies(e -> {
          JsonNode record = auditNamedBy(e);
          assertThat(record.get("status").asText()).isEqualTo("error");
          assertThat(record.get("error_class").asText()).isEqualTo(errorClass);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "limit, many, limit",
    "limit, '', limit",
    "limit, -1, limit",
  })
  void badLimitIsTheCallersMistake(String name, String value, String text) {
    assertThatThrownBy(() -> run("SELECT 1", Map.of(name, value)))
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining(text);
  }

  @Test
  void badRangeIsTheCallersMistake() {
    assertThatThrownBy(() ->
            run(
                "SELECT 1",
                Map.of("query_range_begin", "now", "query_range_end", "2026-01-01T00:00:00Z")))
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("Unable to parse query_range_begin as a rfc3339 datetime");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BeginTransaction", "EndSavepoint", "CreatePreparedSubstraitPlan"})
  void actionsThatWeDoNotHaveAreUnimplemented(String type) {
    assertThatThrownBy(() ->
            door.raw(Map.of()).doAction(Flight.Action.newBuilder().setType(type).build()).next())
        .hasMessageContaining("UNIMPLEMENTED");
  }

  @Test
  void unknownActionIsInvalid() {
    assertThatThrownBy(() ->
            door.raw(Map.of()).doAction(Flight.Action.newBuilder().setType("Dance").build()).next())
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("do_action: The defined request is invalid: \"Dance\"");
  }

  @Test
  void bytesThatAreNoTicketAreInvalid() {
    assertThatThrownBy(() ->
            door.raw(Map.of())
                .doGet(
                    Flight.Ticket.newBuilder()
                        .setTicket(ByteString.copyFrom(new byte[] {(byte) 0xff, 7, 7}))
                        .build())
                .next())
        .hasMessageContaining("INVALID_ARGUMENT");
  }

  /// The audit record whose query id stands in the error.
  private static JsonNode auditNamedBy(Throwable error) throws InterruptedException {
    JsonNode record = door.nextAudit();
    while (!String.valueOf(error.getMessage()).contains(record.get("query_id").asText())) {
      record = door.nextAudit();
    }
    return record;
  }

  private static void run(String sql, Map<String, String> headers) {
    door.raw(headers)
        .doGet(
            Flight.Ticket.newBuilder()
                .setTicket(
                    TicketStatementQuery.newBuilder()
                        .setStatementHandle(ByteString.copyFromUtf8(sql))
                        .build()
                        .toByteString())
                .build())
        .forEachRemaining(message -> {});
  }

  private static HeaderCallOption option(Map<String, String> headers) {
    FlightCallHeaders call = new FlightCallHeaders();
    headers.forEach(call::insert);
    return new HeaderCallOption(call);
  }

  /// Appends the rows, with dictionaries decoded, and returns the schema as it was sent.
  private static Schema read(String sql, Map<String, String> headers, List<String> rows)
      throws Exception {
    HeaderCallOption option = option(headers);
    FlightInfo info = door.client.execute(sql, option);
    try (FlightStream stream =
        door.client.getStream(info.getEndpoints().getFirst().getTicket(), option)) {
      while (stream.next()) {
        List<FieldVector> columns = new ArrayList<>();
        List<FieldVector> decoded = new ArrayList<>();
        for (FieldVector vector : stream.getRoot().getFieldVectors()) {
          if (vector.getField().getDictionary() == null) {
            columns.add(vector);
          } else {
            decoded.add(
                (FieldVector)
                    DictionaryEncoder.decode(
                        vector,
                        stream
                            .getDictionaryProvider()
                            .lookup(vector.getField().getDictionary().getId())));
            columns.add(decoded.getLast());
          }
        }
        for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
          List<String> values = new ArrayList<>();
          for (FieldVector column : columns) {
            values.add(String.valueOf(column.getObject(row)));
          }
          rows.add(values.toString());
        }
        decoded.forEach(FieldVector::close);
      }
      return stream.getSchema();
    }
  }
}
