package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryTest {
  @TempDir static Path folder;
  private static Lake lake;

  @BeforeAll
  static void open() throws IOException {
    lake = new Lake(folder);
    lake.logs(3, 1_000);
  }

  @AfterAll
  static void close() {
    assertThat(lake.tables.get("log_entries").open).isZero();
    lake.close();
  }

  @Test
  void oneIsOne() {
    assertThat(lake.rows("select 1")).containsExactly("1");
  }

  @Test
  void readsATableByNameAndAsAnInstance() {
    assertThat(lake.rows("SELECT count(*) FROM log_entries")).containsExactly("3000");
    assertThat(lake.rows("SELECT count(*) FROM view_instance('log_entries', 'p1') v"))
        .containsExactly("3000");
    assertThat(
            lake.rows(
                "SELECT log_entries.level, count(*) FROM log_entries WHERE level <= 2 GROUP BY 1"
                    + " ORDER BY 1"))
        .containsExactly("1|500", "2|500");
  }

  @Test
  void namesColumnsAsTheReferenceDoes() {
    assertThat(names("SELECT count(*), max(level), 1, 'x', sum(t.value) AS s FROM log_entries t"))
        .containsExactly("count(*)", "max(t.level)", "Int64(1)", "Utf8(\"x\")", "s");
    assertThat(
            names("SELECT Level, count(level) FROM view_instance('log_entries', 'x') GROUP BY 1"))
        .containsExactly("level", "count(view_instance().level)");
    assertThat(names("VALUES (1, 2)")).containsExactly("column1", "column2");
  }

  private static List<String> names(String sql) {
    return lake.schema(sql).getFields().stream().map(Field::getName).toList();
  }
}
