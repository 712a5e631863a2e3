package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import micromegas.common.BadRequestException;
import micromegas.query.ArrowRows;
import micromegas.query.ExportRequest;
import micromegas.query.QueryResult;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Functions of the catalog in FROM: what their rows are, and when they are made.
@Timeout(120)
class TableFunctionTest {
  private static final ArrowType LONG = new ArrowType.Int(64, true);

  @TempDir Path folder;
  private Lake lake;

  @BeforeEach
  void open() {
    lake = new Lake(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private Numbers numbers() {
    Numbers numbers = new Numbers();
    lake.functions.add(numbers);
    return numbers;
  }

  @Test
  void rowsAreStreamedInOrder() {
    Numbers numbers = numbers();
    assertThat(lake.rows("SELECT n, label, half FROM numbers(3)"))
        .containsExactly("0|number 0|0.0", "1|number 1|0.5", "2|number 2|1.0");
    assertThat(lake.rows("SELECT * FROM numbers(0)")).isEmpty();
    List<String> all = lake.rows("SELECT n FROM numbers(20000)");
    assertThat(all).hasSize(20_000).startsWith("0", "1").endsWith("19999");
    assertThat(all).isEqualTo(IntStream.range(0, 20_000).mapToObj(String::valueOf).toList());
    assertThat(numbers.closed).hasValue(numbers.opened.get());
  }

  @Test
  void onlyTheColumnsInUseAreCopied() {
    numbers();
    assertThat(lake.one("SELECT count(*) FROM numbers(12345)")).isEqualTo("12345");
    assertThat(lake.one("SELECT max(half) FROM numbers(12345)")).isEqualTo("6172.0");
    assertThat(lake.one("SELECT half, n FROM numbers(10) WHERE label = 'number 7'"))
        .isEqualTo("3.5|7");
    assertThat(lake.one("SELECT 1 FROM numbers(1)")).isEqualTo("1");
    assertThat(lake.one("SELECT count(*) FROM numbers(10) a, numbers(20) b WHERE a.n = b.n"))
        .isEqualTo("10");
  }

  @Test
  void tenMillionRowsTakeBoundedMemory() {
    Numbers numbers = numbers();
    assertThat(lake.one("SELECT count(*), sum(n), max(length(label)) FROM numbers(10000000)"))
        .isEqualTo("10000000|49999995000000|14");
    assertThat(numbers.made).hasValue(10_000_000);
    assertThat(lake.allocator.getPeakMemoryAllocation()).isLessThan(32L << 20);
  }

  @Test
  void aLimitStopsTheSource() {
    Numbers numbers = numbers();
    assertThat(lake.rows("SELECT n FROM numbers(10000000) LIMIT 10")).hasSize(10);
    assertThat(numbers.made.get()).isLessThan(100_000);
    assertThat(lake.rows("SELECT count(*) FROM (SELECT * FROM numbers(10000000) LIMIT 10) t"))
        .containsExactly("10");
    assertThat(numbers.made.get()).isLessThan(200_000);
    assertThat(numbers.closed).hasValue(2);
  }

  @Test
  void aReferenceThatIsUsedTwiceGivesItsRowsTwice() {
    numbers();
    assertThat(
            lake.one(
                "WITH t AS (SELECT * FROM numbers(100))"
                    + " SELECT count(*) FROM t a JOIN t b ON a.n = b.n + 1"))
        .isEqualTo("99");
  }

  @Test
  void wrongArgumentsAreFoundWhilePlanning() {
    Numbers numbers = numbers();
    assertThatThrownBy(() -> lake.rows("SELECT * FROM numbers('x')"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageStartingWith(
            "error building dataframe: First argument to numbers must be an integer");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM numbers(-1)"))
        .hasMessageContaining("First argument to numbers must not be negative");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM numbers()"))
        .hasMessageContaining("numbers takes 1 arguments, but was given 0");
    assertThat(numbers.opened).hasValue(0);
  }

  @Test
  void nothingIsComputedForADescription() {
    Numbers numbers = numbers();
    assertThat(
            lake.engine
                .describe(lake.request("SELECT n, label FROM numbers(5)"))
                .schema()
                .getFields())
        .extracting(Field::getName)
        .containsExactly("n", "label");
    assertThat(
            lake.engine
                .describe(lake.request("SELECT count(*) AS c, max(n) AS m FROM numbers(5)"))
                .schema()
                .getFields())
        .hasSize(2);
    assertThat(lake.rows("EXPLAIN SELECT * FROM numbers(5)")).isNotEmpty();
    assertThat(numbers.opened).hasValue(0);
    assertThat(lake.rows("EXPLAIN ANALYZE SELECT * FROM numbers(5)")).isNotEmpty();
    assertThat(numbers.opened).hasValue(1);
  }

  /// 8,192 values of 1 MiB would not fit into a column of a batch.
  @Test
  void binaryValuesComeInSmallBatches() {
    Schema schema =
        new Schema(
            List.of(
                Lake.dictionary("properties", ArrowType.Binary.INSTANCE),
                Lake.field("data", ArrowType.Binary.INSTANCE)));
    lake.functions.add(
        new ComputedBy(
            "pictures",
            schema,
            (call, allocator) ->
                ArrowRows.reader(
                    schema,
                    IntStream.range(0, 5_000)
                        .mapToObj(i -> new Object[] {new byte[1], new byte[3_000]})
                        .iterator(),
                    allocator)));
    assertThat(largestBatch("SELECT * FROM pictures()")).isEqualTo(64);
    assertThat(largestBatch("SELECT p.data FROM pictures() AS p")).isEqualTo(64);
    assertThat(largestBatch("SELECT properties FROM pictures()")).isEqualTo(5_000);
  }

  private int largestBatch(String sql) {
    int rows = 0;
    int most = 0;
    try (QueryResult result = lake.engine.query(lake.request(sql))) {
      while (result.next()) {
        rows += result.root().getRowCount();
        most = Math.max(most, result.root().getRowCount());
      }
    }
    assertThat(rows).isEqualTo(5_000);
    return most;
  }

  @Test
  void everyTypeOfTheSchemasArrives() {
    ArrowType.Int u32 = new ArrowType.Int(32, false);
    Schema schema =
        new Schema(
            List.of(
                Lake.dictionary("d", ArrowType.Utf8.INSTANCE),
                Lake.field("t", Lake.TIME),
                Lake.field("b", ArrowType.Binary.INSTANCE),
                Lake.field("f", new ArrowType.FixedSizeBinary(16)),
                Lake.field("i32", new ArrowType.Int(32, true)),
                Lake.field("u32", u32),
                Lake.field("u64", new ArrowType.Int(64, false)),
                Lake.field("i16", new ArrowType.Int(16, true)),
                Lake.field("flag", ArrowType.Bool.INSTANCE),
                new Field(
                    "tags",
                    FieldType.nullable(ArrowType.List.INSTANCE),
                    List.of(Lake.field("tag", ArrowType.Utf8.INSTANCE))),
                new Field(
                    "sizes",
                    FieldType.nullable(ArrowType.List.INSTANCE),
                    List.of(Lake.field("size", LONG)))));
    byte[] bytes = new byte[16];
    Arrays.fill(bytes, (byte) 0xab);
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      rows.add(
          i % 5 == 4
              ? new Object[schema.getFields().size()]
              : new Object[] {
                "a rather long text " + i,
                Instant.EPOCH.plusNanos(i),
                new byte[i % 20],
                bytes,
                -i,
                0xffff_fff0 + i % 10,
                -1L,
                -7,
                i % 2 == 0,
                List.of("x", "a longer tag than twelve bytes " + i),
                IntStream.range(0, i % 4).mapToObj(Long::valueOf).toList()
              });
    }
    lake.functions.add(
        new ComputedBy(
            "things",
            schema,
            (call, allocator) -> ArrowRows.reader(schema, rows.iterator(), allocator)));
    assertThat(
            lake.rows(
                "SELECT d, CAST(t AS BIGINT), octet_length(b), encode(f, 'hex'), i32, CAST(u32 AS TEXT), CAST(u64 AS TEXT), i16,"
                    + " flag, tags[2], sizes FROM things() WHERE i32 = -4998 OR i32 = -3"))
        .containsExactly(
            "a rather long text 3|3|3|abababababababababababababababab|-3|4294967283"
                + "|18446744073709551615|-7|false|a longer tag than twelve bytes 3|[0,1,2]",
            "a rather long text 4998|4998|18|abababababababababababababababab|-4998|4294967288"
                + "|18446744073709551615|-7|true|a longer tag than twelve bytes 4998|[0,1]");
    assertThat(
            lake.one(
                "SELECT count(*), count(d), count(t), count(b), count(f), count(i32), count(u32),"
                    + " count(u64), count(i16), count(flag), count(tags), count(sizes),"
                    + " sum(array_length(sizes)) FROM things()"))
        .isEqualTo("5000" + "|4000".repeat(11) + "|6000");
    try (QueryResult result = lake.engine.query(lake.request("SELECT i32, d FROM things()"))) {
      assertThat(result.dictionaryColumns()).containsExactly(1);
    }
  }

  @Test
  void dictionariesMayComeEncoded() {
    Field encoded = Lake.dictionary("d", ArrowType.Utf8.INSTANCE);
    Schema schema = new Schema(List.of(encoded));
    lake.functions.add(new ComputedBy("words", schema, (call, allocator) -> new Words(allocator)));
    assertThat(lake.rows("SELECT d, count(*) FROM words() GROUP BY d ORDER BY d"))
        .containsExactly("a text of some length|3334", "short|3333", "null|3333");
  }

  /// 10,000 rows of two words and NULL, encoded, in one batch.
  private static final class Words extends ArrowReader {
    private boolean done;
    private final Dictionary dictionary;

    Words(BufferAllocator allocator) {
      super(allocator);
      VarCharVector values = new VarCharVector("d", allocator);
      values.setSafe(0, "a text of some length".getBytes(StandardCharsets.UTF_8));
      values.setSafe(1, "short".getBytes(StandardCharsets.UTF_8));
      values.setValueCount(2);
      this.dictionary =
          new Dictionary(values, new DictionaryEncoding(1, false, new ArrowType.Int(32, true)));
    }

    @Override
    public Dictionary lookup(long id) {
      return dictionary;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
      if (done) {
        return false;
      }
      done = true;
      VectorSchemaRoot root = getVectorSchemaRoot();
      IntVector indices = (IntVector) root.getVector(0);
      for (int i = 0; i < 10_000; i++) {
        if (i % 3 == 2) {
          indices.setNull(i);
        } else {
          indices.setSafe(i, i % 3);
        }
      }
      root.setRowCount(10_000);
      return true;
    }

    @Override
    public long bytesRead() {
      return 0;
    }

    @Override
    protected void closeReadSource() {
      dictionary.getVector().close();
    }

    @Override
    protected Schema readSchema() {
      return new Schema(List.of(Lake.dictionary("d", ArrowType.Utf8.INSTANCE)));
    }
  }

  @Test
  void exportsReadTableFunctions() {
    numbers();
    Path target = folder.resolve("data/numbers.parquet");
    assertThat(
            lake.engine
                .export(
                    new ExportRequest(
                        "SELECT n, label FROM numbers(300000)", lake, target, Optional.empty()))
                .rows())
        .isEqualTo(300_000);
  }

  @Test
  void usersCannotNameTheEnginesCallbacks() {
    numbers();
    for (String sql :
        List.of(
            "SELECT * FROM table_function_rows(1)",
            "SELECT scalar_call_text('1', 'x')",
            "SELECT scalar_call_binary('1')")) {
      assertThatThrownBy(() -> lake.rows(sql)).isInstanceOf(BadRequestException.class);
    }
  }
}
