package micromegas.lakehouse.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import micromegas.common.BadRequestException;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class ViewSchemasTest {
  private static final String DICT = "dictionary<values=string, indices=int32, ordered=0>";
  private static final String PROPS = "dictionary<values=binary, indices=int32, ordered=0>";
  private static final String TS = "timestamp[ns, tz=+00:00]";

  private static final ViewFactory FACTORY =
      ViewFactories.standard(BlockProcessors.NONE, List.of());

  @Test
  void hashesAreThoseOfTheReference() {
    assertThat(hash("log_entries")).isEqualTo("06");
    assertThat(hash("measures")).isEqualTo("07");
    assertThat(hash("async_events")).isEqualTo("03");
    assertThat(hash("images")).isEqualTo("02");
    assertThat(hash("net_spans")).isEqualTo("02");
    assertThat(hash("blocks")).isEqualTo("03");
    assertThat(hash("otel_spans")).isEqualTo("01");
    assertThat(hash("processes")).isEqualTo("79584c57aa06561f");
    assertThat(hash("streams")).isEqualTo("c552f232f51ad7f4");
    assertThat(hash("log_stats")).isEqualTo("21ce33aba7bde53b");
  }

  @Test
  void hashOfTheExportLogSchema() {
    Schema schema =
        new SchemaBuilder()
            .required(ColumnType.TIMESTAMP, "time")
            .required(ColumnType.INT32, "level")
            .required(ColumnType.TEXT, "msg")
            .build();
    assertThat(HexFormat.of().formatHex(SchemaHashes.ofSchema(schema)))
        .isEqualTo("ce758d0541a69d74");
  }

  @Test
  void columnsAreThoseOfTheReference() {
    assertThat(describe("log_entries"))
        .containsExactly(
            "process_id " + DICT,
            "stream_id " + DICT,
            "block_id " + DICT,
            "insert_time " + TS,
            "exe " + DICT,
            "username " + DICT,
            "computer " + DICT,
            "time " + TS,
            "target " + DICT,
            "level int32",
            "msg string",
            "properties " + PROPS,
            "process_properties " + PROPS);
    assertThat(describe("measures"))
        .endsWith(
            "time " + TS,
            "target " + DICT,
            "name " + DICT,
            "unit " + DICT,
            "value double",
            "properties " + PROPS,
            "process_properties " + PROPS)
        .startsWith(describe("log_entries").subList(0, 7).toArray(String[]::new));
    assertThat(describe("otel_spans"))
        .containsExactly(
            "process_id " + DICT,
            "stream_id " + DICT,
            "block_id " + DICT,
            "insert_time " + TS,
            "exe string",
            "username string",
            "computer string",
            "process_properties " + PROPS,
            "trace_id FixedSizeBinary(16)",
            "span_id FixedSizeBinary(8)",
            "parent_span_id FixedSizeBinary(8)?",
            "start_time " + TS,
            "end_time " + TS,
            "duration int64",
            "name " + DICT,
            "kind " + DICT,
            "status " + DICT,
            "status_message string?",
            "properties " + PROPS,
            "events binary",
            "links binary");
    assertThat(describe("async_events"))
        .containsExactly(
            "stream_id " + DICT,
            "block_id " + DICT,
            "time " + TS,
            "event_type " + DICT,
            "span_id int64",
            "parent_span_id int64",
            "depth uint32",
            "hash uint32",
            "name " + DICT,
            "filename " + DICT,
            "target " + DICT,
            "line uint32");
    assertThat(describe("net_spans"))
        .containsExactly(
            "process_id " + DICT,
            "stream_id " + DICT,
            "span_id int64",
            "parent_span_id int64",
            "depth uint32",
            "kind " + DICT,
            "name " + DICT,
            "connection_name " + DICT,
            "is_outgoing bool",
            "begin_bits int64",
            "end_bits int64",
            "bit_size int64",
            "begin_time " + TS,
            "end_time " + TS);
    assertThat(describe("images"))
        .endsWith(
            "time " + TS, "name string", "format " + DICT, "payload_size int64", "data binary")
        .startsWith(describe("log_entries").subList(0, 7).toArray(String[]::new));
    assertThat(describe("blocks"))
        .hasSize(29)
        .contains(
            "nb_objects int32",
            "streams.tags list<tag: string not null>?",
            "processes.parent_process_id string",
            "processes.properties " + PROPS);
    assertThat(describe("streams"))
        .containsExactly(
            "stream_id string",
            "process_id string?",
            "dependencies_metadata binary?",
            "objects_metadata binary?",
            "tags list<tag: string not null>?",
            "properties " + PROPS + "?",
            "insert_time " + TS + "?",
            "format string?",
            "last_update_time " + TS + "?");
  }

  @Test
  void globalViewsComeInTheReferencesOrder() {
    assertThat(FACTORY.globalViews().stream().map(view -> view.id().viewSet()))
        .startsWith("log_entries", "measures", "processes", "streams", "blocks", "log_stats");
    assertThat(FACTORY.makers().stream().map(ViewMaker::viewSet))
        .startsWith(
            "images",
            "log_entries",
            "measures",
            "async_events",
            "net_spans",
            "thread_spans",
            "stitched_thread_spans",
            "otel_spans");
  }

  @Test
  void setsWithoutAGlobalInstanceSaySo() {
    String process = "30914115-c384-44af-b27a-a65b6c8bffdd";
    assertThat(FACTORY.make("images", process.toUpperCase(Locale.ROOT)).id())
        .isEqualTo(new ViewId("images", process));
    assertThatThrownBy(() -> FACTORY.make("images", "global"))
        .isInstanceOf(BadRequestException.class)
        .hasMessage("ImagesView does not support global view access");
    assertThatThrownBy(() -> FACTORY.make("async_events", "global"))
        .isInstanceOf(BadRequestException.class)
        .hasMessage("AsyncEventsView does not support global view access");
    assertThatThrownBy(() -> FACTORY.make("async_events", "everyone"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("Uuid::parse_str");
  }

  private static String hash(String viewSet) {
    return HexFormat.of().formatHex(schema(viewSet).hash());
  }

  private static ViewSchema schema(String viewSet) {
    return FACTORY
        .globalView(viewSet)
        .map(View::schema)
        .orElseGet(() -> FACTORY.maker(viewSet).orElseThrow().schema());
  }

  private static List<String> describe(String viewSet) {
    return schema(viewSet).arrow().getFields().stream()
        .map(f -> f.getName() + " " + type(f) + (f.isNullable() ? "?" : ""))
        .toList();
  }

  private static String type(Field field) {
    String value =
        switch (field.getType()) {
          case ArrowType.Utf8 u -> "string";
          case ArrowType.Binary b -> "binary";
          case ArrowType.Timestamp t -> "timestamp[ns, tz=" + t.getTimezone() + "]";
          case ArrowType.Int i -> (i.getIsSigned() ? "int" : "uint") + i.getBitWidth();
          case ArrowType.FloatingPoint f -> "double";
          case ArrowType.Bool b -> "bool";
          case ArrowType.List l ->
              "list<tag: "
                  + type(field.getChildren().getFirst())
                  + (field.getChildren().getFirst().isNullable() ? "" : " not null")
                  + ">";
          default -> field.getType().toString();
        };
    return field.getDictionary() == null
        ? value
        : "dictionary<values=" + value + ", indices=int32, ordered=0>";
  }
}
