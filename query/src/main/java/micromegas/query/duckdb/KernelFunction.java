package micromegas.query.duckdb;

import java.util.List;

/// A scalar function of the engine written in Java, run once per vector of at most 2,048 rows.
///
/// @param name name in SQL; an existing name gets one more overload
/// @param parameters types in SQL spelling
/// @param returns type in SQL spelling
/// @param infallible the kernel never reports an error. Only such functions are evaluated once per
///   dictionary entry instead of once per row
record KernelFunction(
    String name, List<String> parameters, String returns, boolean infallible, Kernel kernel) {

  /// Computes one vector of results. Any thread, several at a time.
  @FunctionalInterface
  interface Kernel {
    void run(Vectors vectors) throws Throwable;
  }

  static KernelFunction fallible(
      String name, List<String> parameters, String returns, Kernel kernel) {
    return new KernelFunction(name, parameters, returns, false, kernel);
  }

  static KernelFunction infallible(
      String name, List<String> parameters, String returns, Kernel kernel) {
    return new KernelFunction(name, parameters, returns, true, kernel);
  }
}
