package micromegas.tracing.agent.advice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Names of spans that come from data have no data in them.
class TextsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          select * from t where id = 17                | select * from t where id = ?
          select 'it''s', "Col1", x1 from t1           | select ?, "Col1", x1 from t1
          SELECT  a -- secret 'x'                      | SELECT a
          select /* 5 */ a from t                      | select a from t
          insert into t values (1, 'a'), (2, 'b')      | insert into t values (?), (?)
          where id in (1,2, 3 ,4)                      | where id in (?)
          where x = -1.5e-3 and y = 0x1F               | where x = -? and y = ?
          select E'a\\'b' , N'c', x'00' from t         | select ? from t
          select $$secret$$, $tag$it's$tag$ from t     | select ? from t
          select $1, $2 from t                         | select $?, $? from t
          select 'open                                 | select ?
          select a::text, b from c.d where e <> 'f'    | select a::text, b from c.d where e <> ?
          """)
  void statementsAreWithoutLiterals(String sql, String shape) {
    assertThat(SqlText.shapeOf(sql, 200)).isEqualTo(shape);
  }

  @Test
  void longStatementsAreCut() {
    assertThat(SqlText.shapeOf("select " + "a, ".repeat(1_000), 20))
        .isEqualTo("select a, a, a, a, a…");
    assertThat(SqlText.shapeOf("'" + "x".repeat(1_000_000), 20)).isEqualTo("?");
  }

  @Test
  void namesAreBounded() {
    SqlNames names = new SqlNames(50, 2);
    assertThat(names.of("select a")).hasToString("select a");
    assertThat(names.of("select b")).hasToString("select b");
    assertThat(names.of("select c")).hasToString("SQL (other)");
    assertThat(names.of("select a")).isSameAs(names.of("select  a"));
  }

  @ParameterizedTest
  @CsvSource({
    "/orders/17/lines, /orders/*/lines",
    "/, /",
    "'', /",
    "/a/b?id=1, /a/b",
    "/users/6f1c2d3e-aaaa/x;jsessionid=1, /users/*/x",
    "/a/b/c/d/e/f/g/h/i/j, /a/b/c/d/e/f/g/h/…"
  })
  void pathsAreWithoutIds(String path, String shape) {
    assertThat(PathShape.of(path)).isEqualTo(shape);
  }
}
