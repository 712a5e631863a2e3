package micromegas.query.duckdb;

import java.util.List;

/// Functions that are plain SQL. Created once, before the instance is locked.
final class SqlMacros {
  /// Walks the bins to the first one with which the cumulated count reaches the target, and
  /// interpolates inside it. `end` when there is none. Binary is a histogram of OpenTelemetry.
  private static final String QUANTILE =
      """
      CREATE MACRO quantile_from_histogram(h BLOB, ratio) AS
        quantile_from_buckets(h, CAST(ratio AS DOUBLE)),
      (h, ratio) AS
        CASE WHEN h IS NULL OR ratio IS NULL THEN NULL ELSE
          coalesce(
            list_transform(
              list_filter(range(1, len(h.bins) + 1), lambda i:
                h.bins[i] > 0 AND list_sum(h.bins[1:i]) >= h.count * ratio)[1:1],
              lambda i:
                (1 - (h.count * ratio - (list_sum(h.bins[1:i]) - h.bins[i])) / h.bins[i])
                  * (h.start + (i - 1) * ((h."end" - h.start) / len(h.bins)))
                + ((h.count * ratio - (list_sum(h.bins[1:i]) - h.bins[i])) / h.bins[i])
                  * (h.start + i * ((h."end" - h.start) / len(h.bins))))[1],
            h."end")
        END\
      """;

  /// Names of types as Arrow has them; of lists, by their elements.
  private static final String ARROW_TYPE =
      """
      CREATE MACRO arrow_type_name(x) AS
        CASE WHEN typeof(x) LIKE '%[]' THEN 'List(' || arrow_name(typeof(x)[:-3]) || ')'
             ELSE arrow_name(typeof(x)) END\
      """;

  private SqlMacros() {}

  static List<String> statements() {
    return List.of(
        """
        CREATE MACRO bin_center(x, size) AS
          floor((CAST(x AS DOUBLE) + CAST(size AS DOUBLE) / 2) / CAST(size AS DOUBLE))
            * CAST(size AS DOUBLE)\
        """,
        "CREATE MACRO lerp(a, b, t) AS CAST(a AS DOUBLE) + (b - a) * CAST(t AS DOUBLE)",
        "CREATE MACRO unlerp(a, b, x) AS CAST(x - a AS DOUBLE) / CAST(b - a AS DOUBLE)",
        """
        CREATE MACRO arrow_name(t) AS
          CASE t
            WHEN 'BOOLEAN' THEN 'Boolean' WHEN 'TINYINT' THEN 'Int8' WHEN 'SMALLINT' THEN 'Int16'
            WHEN 'INTEGER' THEN 'Int32' WHEN 'BIGINT' THEN 'Int64' WHEN 'HUGEINT' THEN 'Int64'
            WHEN 'UTINYINT' THEN 'UInt8' WHEN 'USMALLINT' THEN 'UInt16'
            WHEN 'UINTEGER' THEN 'UInt32' WHEN 'UBIGINT' THEN 'UInt64' WHEN 'FLOAT' THEN 'Float32'
            WHEN 'DOUBLE' THEN 'Float64' WHEN 'VARCHAR' THEN 'Utf8' WHEN 'BLOB' THEN 'Binary'
            WHEN 'DATE' THEN 'Date32' WHEN 'TIMESTAMP' THEN 'Timestamp(ns)'
            WHEN 'TIMESTAMP_NS' THEN 'Timestamp(ns)' WHEN '"NULL"' THEN 'Null'
            WHEN 'TIMESTAMP WITH TIME ZONE' THEN 'Timestamp(ns, "+00:00")'
            WHEN 'TIMESTAMPTZ_NS' THEN 'Timestamp(ns, "+00:00")'
            WHEN 'TIMESTAMP_NS WITH TIME ZONE' THEN 'Timestamp(ns, "+00:00")'
            WHEN 'INTERVAL' THEN 'Interval(MonthDayNano)' ELSE t END\
        """,
        "CREATE MACRO nanvl(a, b) AS CASE WHEN isnan(a) THEN b ELSE a END",
        "CREATE MACRO iszero(a) AS a = 0",
        "CREATE MACRO from_base64_unpadded(x) AS"
            + " from_base64(x || repeat('=', (4 - length(x) % 4) % 4))",
        "CREATE MACRO length_int32(x) AS CAST(length(x) AS INTEGER)",
        "CREATE MACRO strpos_int32(x, part) AS CAST(strpos(x, part) AS INTEGER)",
        "CREATE MACRO date_part_int32(part, x) AS CAST(date_part(part, x) AS INTEGER)",
        QUANTILE,
        ARROW_TYPE,
        // Of no rows, with bounds that are known nevertheless.
        """
        CREATE MACRO empty_histogram(low, high, size) AS {
          'start': CAST(low AS DOUBLE), 'end': CAST(high AS DOUBLE),
          'min': CAST('1.7976931348623157e308' AS DOUBLE),
          'max': CAST('-1.7976931348623157e308' AS DOUBLE),
          'sum': CAST(0 AS DOUBLE), 'sum_sq': CAST(0 AS DOUBLE), 'count': CAST(0 AS UBIGINT),
          'bins': list_resize(CAST([] AS UBIGINT[]), size, CAST(0 AS UBIGINT))}\
        """,
        """
        CREATE MACRO jsonb_object_keys(x) AS
          CASE WHEN jsonb_format_json(x) LIKE '{%' THEN json_keys(jsonb_format_json(x)) END\
        """,
        """
        CREATE MACRO count_from_histogram(h BLOB) AS
          CAST(jsonb_as_i64(jsonb_get(h, 'count')) AS UBIGINT),
        (h) AS struct_extract(h, 'count')\
        """,
        """
        CREATE MACRO sum_from_histogram(h BLOB) AS jsonb_as_f64(jsonb_get(h, 'sum')),
        (h) AS struct_extract(h, 'sum')\
        """,
        // Sample variance from the first two moments.
        """
        CREATE MACRO variance_from_histogram(h) AS
          CASE WHEN h IS NULL THEN NULL
               WHEN h.count < 2 THEN CAST('NaN' AS DOUBLE)
               ELSE (h.sum_sq / h.count - (h.sum / h.count) ** 2) * h.count / (h.count - 1.0)
          END\
        """);
  }
}
