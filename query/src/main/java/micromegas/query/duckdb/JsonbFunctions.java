package micromegas.query.duckdb;

import static micromegas.query.duckdb.NativeApi.MEMORY;

import java.lang.foreign.MemorySegment;
import java.util.List;
import micromegas.query.duckdb.Jsonb.Value;
import org.jspecify.annotations.Nullable;

/// Functions over binary JSON. All are infallible, bytes that are not a document giving NULL:
/// otherwise the engine would not evaluate them once per dictionary entry, which is four to five
/// times faster on property columns.
final class JsonbFunctions {
  private static final String DOCUMENT = "BLOB";
  private static final String TEXT = "VARCHAR";

  private JsonbFunctions() {}

  /// Computes the result of one row.
  private interface RowKernel {
    void run(Vectors vectors, long row, Value root) throws Throwable;
  }

  static List<KernelFunction> all() {
    return List.of(
        function("property_get", List.of(DOCUMENT, TEXT), TEXT, JsonbFunctions::propertyGet),
        function("properties_length", List.of(DOCUMENT), "INTEGER", JsonbFunctions::length),
        function("jsonb_format_json", List.of(DOCUMENT), TEXT, JsonbFunctions::formatJson),
        function("jsonb_get", List.of(DOCUMENT, TEXT), DOCUMENT, JsonbFunctions::get),
        function("jsonb_as_string", List.of(DOCUMENT), TEXT, JsonbFunctions::asString),
        function("jsonb_as_f64", List.of(DOCUMENT), "DOUBLE", JsonbFunctions::asDouble),
        function("jsonb_as_i64", List.of(DOCUMENT), "BIGINT", JsonbFunctions::asLong),
        function(
            "quantile_from_buckets",
            List.of(DOCUMENT, "DOUBLE"),
            "DOUBLE",
            JsonbFunctions::bucketQuantile),
        function(
            "variance_from_buckets", List.of(DOCUMENT), "DOUBLE", JsonbFunctions::bucketVariance),
        function("jsonb_array_length", List.of(DOCUMENT), "BIGINT", JsonbFunctions::arrayLength),
        function("jsonb_element", List.of(DOCUMENT, "BIGINT"), DOCUMENT, JsonbFunctions::element),
        pathFunction("jsonb_path_query", JsonbFunctions::all),
        pathFunction("jsonb_path_query_first", JsonbFunctions::first),
        KernelFunction.infallible("jsonb_parse", List.of(TEXT), DOCUMENT, JsonbFunctions::parse));
  }

  private static KernelFunction function(
      String name, List<String> parameters, String returns, RowKernel kernel) {
    return KernelFunction.infallible(
        name,
        parameters,
        returns,
        vectors -> {
          for (long row = 0; row < vectors.rows; row++) {
            if (vectors.present(row)) {
              try {
                kernel.run(vectors, row, Jsonb.root(bytes(vectors, 0, row)));
              } catch (IndexOutOfBoundsException e) {
                vectors.setNull(row);
              }
            }
          }
        });
  }

  private static MemorySegment bytes(Vectors vectors, int argument, long row) {
    return MEMORY.asSlice(vectors.bytes(argument, row), vectors.length(argument, row));
  }

  private static void bucketQuantile(Vectors vectors, long row, Value root) {
    BucketHistogram histogram = BucketHistogram.of(root);
    if (histogram == null) {
      vectors.setNull(row);
    } else {
      vectors.setDouble(row, histogram.quantile(vectors.getDouble(1, row)));
    }
  }

  private static void bucketVariance(Vectors vectors, long row, Value root) {
    BucketHistogram histogram = BucketHistogram.of(root);
    if (histogram == null) {
      vectors.setNull(row);
    } else {
      vectors.setDouble(row, histogram.variance());
    }
  }

  private static void propertyGet(Vectors vectors, long row, Value root) throws Throwable {
    Value value = Jsonb.member(root, bytes(vectors, 1, row), false);
    if (value == null) {
      vectors.setNull(row);
    } else if (value.type() == Jsonb.STRING) {
      vectors.setBytes(row, value.payload(), 0, value.length());
    } else {
      vectors.setText(row, Jsonb.format(value));
    }
  }

  private static void length(Vectors vectors, long row, Value root) {
    vectors.setInt(row, Jsonb.isObject(root) ? Jsonb.count(root) : 0);
  }

  private static void formatJson(Vectors vectors, long row, Value root) throws Throwable {
    vectors.setText(row, Jsonb.format(root));
  }

  private static void get(Vectors vectors, long row, Value root) throws Throwable {
    Value value = Jsonb.member(root, bytes(vectors, 1, row), true);
    if (value == null) {
      vectors.setNull(row);
    } else {
      vectors.setBytes(row, Jsonb.document(value));
    }
  }

  private static void asString(Vectors vectors, long row, Value root) throws Throwable {
    if (root.type() == Jsonb.STRING) {
      vectors.setBytes(row, root.payload(), 0, root.length());
    } else {
      vectors.setNull(row);
    }
  }

  private static @Nullable Number number(Value root) {
    return root.type() == Jsonb.NUMBER ? Jsonb.number(root) : null;
  }

  private static void asDouble(Vectors vectors, long row, Value root) {
    Number number = number(root);
    if (number == null) {
      vectors.setNull(row);
    } else {
      vectors.setDouble(row, number.doubleValue());
    }
  }

  private static void asLong(Vectors vectors, long row, Value root) {
    switch (number(root)) {
      case Long value -> vectors.setLong(row, value);
      case Double value when value == Math.rint(value) && Math.abs(value) < 0x1p63 ->
          vectors.setLong(row, value.longValue());
      case null, default -> vectors.setNull(row);
    }
  }

  private static void arrayLength(Vectors vectors, long row, Value root) {
    if (Jsonb.isArray(root)) {
      vectors.setLong(row, Jsonb.count(root));
    } else {
      vectors.setNull(row);
    }
  }

  private static void element(Vectors vectors, long row, Value root) throws Throwable {
    long index = vectors.getLong(1, row);
    if (Jsonb.isArray(root) && index >= 0 && index < Jsonb.count(root)) {
      vectors.setBytes(row, Jsonb.document(Jsonb.elementAt(root, (int) index)));
    } else {
      vectors.setNull(row);
    }
  }

  /// What becomes of the matches of a path; null for SQL NULL.
  private interface Matches {
    byte @Nullable [] document(List<Value> matches);
  }

  private static byte[] all(List<Value> matches) {
    return Jsonb.array(matches);
  }

  private static byte @Nullable [] first(List<Value> matches) {
    return matches.isEmpty() ? null : Jsonb.document(matches.getFirst());
  }

  /// A function of a document and a path, which may be another one in every row. A wrong path is an
  /// error, so these are evaluated for every row.
  private static KernelFunction pathFunction(String name, Matches matches) {
    return KernelFunction.fallible(
        name,
        List.of(DOCUMENT, TEXT),
        DOCUMENT,
        vectors -> {
          JsonPath path = null;
          long pathRow = -1;
          for (long row = 0; row < vectors.rows; row++) {
            if (!vectors.present(row)) {
              continue;
            }
            if (path == null || !vectors.sameText(1, row, pathRow)) {
              path = path(name, vectors.getText(1, row));
              pathRow = row;
            }
            query(vectors, row, path, matches);
          }
        });
  }

  private static JsonPath path(String function, String text) {
    try {
      return JsonPathParser.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          function + ": invalid JSONPath '" + text + "': " + e.getMessage(), e);
    }
  }

  private static void query(Vectors vectors, long row, JsonPath path, Matches matches)
      throws Throwable {
    try {
      Value root = Jsonb.root(bytes(vectors, 0, row));
      byte[] document = matches.document(JsonPathEvaluator.evaluate(path, root));
      if (document == null) {
        vectors.setNull(row);
      } else {
        vectors.setBytes(row, document);
      }
    } catch (IndexOutOfBoundsException e) {
      vectors.setNull(row);
    }
  }

  private static void parse(Vectors vectors) throws Throwable {
    for (long row = 0; row < vectors.rows; row++) {
      if (vectors.present(row)) {
        byte[] document = JsonbEncoder.encode(vectors.getText(0, row));
        if (document == null) {
          vectors.setNull(row);
        } else {
          vectors.setBytes(row, document);
        }
      }
    }
  }
}
