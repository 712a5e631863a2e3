package micromegas.query.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import micromegas.query.FunctionCall;
import micromegas.query.ScalarFunction;
import micromegas.query.TableFunction;
import micromegas.query.plan.PlannedQuery.FunctionScan;
import micromegas.query.plan.PlannedQuery.ScalarCall;

/// The scans of one query. In the tree each is a table with a made-up name; in the printed SQL the
/// name is replaced by the query over files, which therefore never has to be parsed. Names are
/// random, and one that a user has found out means nothing but the scan of the user's own query.
final class Scans {
  private final String nonce;
  private final Map<String, String> queries = new LinkedHashMap<>();
  private final List<FunctionScan> functionScans = new ArrayList<>();
  private final List<ScalarCall> scalarCalls = new ArrayList<>();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private int count;

  /// @param nonce random text; the same for all queries of a process, so that equal statements give
  ///   equal trees, whose printed form is remembered
  Scans(String nonce) {
    this.nonce = nonce;
  }

  static String newNonce() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /// A name for a table whose rows come from `sql`.
  String add(String sql) {
    String name = nextName();
    queries.put(name, sql);
    return name;
  }

  /// A name for a table whose rows `function` computes.
  String addFunction(TableFunction.Computed function, FunctionCall call) {
    String name = nextName();
    functionScans.add(new FunctionScan(name, function, call));
    return name;
  }

  /// A name for a scalar function that is called back.
  String addScalar(ScalarFunction function) {
    String name = nextName();
    scalarCalls.add(new ScalarCall(name, function));
    return name;
  }

  boolean isScan(String tableName) {
    return queries.containsKey(tableName)
        || functionScans.stream().anyMatch(scan -> scan.name().equals(tableName));
  }

  void addResource(AutoCloseable resource) {
    resources.add(resource);
  }

  private String nextName() {
    // The trailing letter keeps one name from being the beginning of another.
    return "scan_" + nonce + "_" + count++ + "x";
  }

  /// Replaces the names that occur in `sql`.
  String substitute(String sql) {
    if (queries.isEmpty() || !sql.contains(nonce)) {
      return sql;
    }
    StringBuilder out = new StringBuilder(sql.length() + 1024);
    String prefix = "scan_" + nonce + "_";
    int at = 0;
    while (true) {
      int start = sql.indexOf(prefix, at);
      if (start < 0) {
        return out.append(sql, at, sql.length()).toString();
      }
      int end = sql.indexOf('x', start + prefix.length()) + 1;
      String query = queries.get(sql.substring(start, end));
      out.append(sql, at, start);
      if (query == null) {
        out.append(sql, start, end);
      } else {
        out.append('(').append(query).append(')');
      }
      at = end;
    }
  }

  List<FunctionScan> functionScans() {
    return functionScans;
  }

  List<ScalarCall> scalarCalls() {
    return scalarCalls;
  }

  List<AutoCloseable> resources() {
    return resources;
  }

  void releaseAfter(Throwable failure) {
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
