package micromegas.query.duckdb;

import java.util.List;

/// Functions that are plain SQL. Created once, before the instance is locked.
final class SqlMacros {
  /// Walks the bins to the first one with which the cumulated count reaches the target, and
  /// interpolates inside it. `end` when there is none.
  private static final String QUANTILE_OF_BINS =
      """
      CREATE MACRO quantile_of_bins(h, ratio) AS
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

  /// A histogram is a struct of equal bins or, in binary, one of OpenTelemetry. Macros are chosen
  /// before the types of aggregates are known, so one macro has to bind for both kinds: each branch
  /// sees the value as its own type, and the condition is a constant.
  private static final String BINS =
      """
      CREATE MACRO histogram_bins(h) AS
        TRY_CAST(CAST(h AS VARIANT) AS STRUCT(
          "start" DOUBLE, "end" DOUBLE, min DOUBLE, max DOUBLE, sum DOUBLE, sum_sq DOUBLE,
          count UBIGINT, bins UBIGINT[]))\
      """;

  private static final String DOCUMENT =
      "CREATE MACRO histogram_document(h) AS TRY_CAST(CAST(h AS VARIANT) AS BLOB)";

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
        BINS,
        DOCUMENT,
        QUANTILE_OF_BINS,
        """
        CREATE MACRO quantile_from_histogram(h, ratio) AS
          CASE WHEN typeof(h) = 'BLOB'
               THEN quantile_from_buckets(histogram_document(h), CAST(ratio AS DOUBLE))
               ELSE quantile_of_bins(histogram_bins(h), ratio) END\
        """,
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
        CREATE MACRO count_from_histogram(h) AS
          CASE WHEN typeof(h) = 'BLOB'
               THEN CAST(jsonb_as_i64(jsonb_get(histogram_document(h), 'count')) AS UBIGINT)
               ELSE struct_extract(histogram_bins(h), 'count') END\
        """,
        """
        CREATE MACRO sum_from_histogram(h) AS
          CASE WHEN typeof(h) = 'BLOB'
               THEN jsonb_as_f64(jsonb_get(histogram_document(h), 'sum'))
               ELSE struct_extract(histogram_bins(h), 'sum') END\
        """,
        // Sample variance from the first two moments.
        """
        CREATE MACRO variance_of_bins(h) AS
          CASE WHEN h IS NULL THEN NULL
               WHEN h.count < 2 THEN CAST('NaN' AS DOUBLE)
               ELSE (h.sum_sq / h.count - (h.sum / h.count) ** 2) * h.count / (h.count - 1.0)
          END\
        """,
        """
        CREATE MACRO variance_from_histogram(h) AS
          CASE WHEN typeof(h) = 'BLOB' THEN variance_from_buckets(histogram_document(h))
               ELSE variance_of_bins(histogram_bins(h)) END\
        """);
  }
}
