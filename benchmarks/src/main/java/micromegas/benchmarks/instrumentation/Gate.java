package micromegas.benchmarks.instrumentation;

import java.util.List;
import java.util.Locale;
import micromegas.benchmarks.Table;

/// A value of a run and its bound.
///
/// @param applies false for a value that is reported only
/// @param note why a gate does not apply, or empty
record Gate(String what, double value, boolean atMost, double bound, boolean applies, String note) {

  static Gate atMost(String what, double value, double bound) {
    return new Gate(what, value, true, bound, true, "");
  }

  static Gate atLeast(String what, double value, double bound) {
    return new Gate(what, value, false, bound, true, "");
  }

  /// The same, reported only.
  Gate unless(boolean applicable, String reason) {
    return applicable ? this : new Gate(what, value, atMost, bound, false, reason);
  }

  boolean isMet() {
    return atMost ? value <= bound : value >= bound;
  }

  private String verdict() {
    return applies ? isMet() ? "yes" : "NO" : "not applied: " + note;
  }

  /// Prints a table of them and how many are met.
  ///
  /// @return whether all are that apply
  static boolean print(List<Gate> gates) {
    Table table = new Table("gate", "value", "bound", "met");
    for (Gate gate : gates) {
      table.row(
          gate.what(),
          String.format(Locale.ROOT, "%.2f", gate.value()),
          String.format(Locale.ROOT, "%s %.2f", gate.atMost() ? "<=" : ">=", gate.bound()),
          gate.verdict());
    }
    table.print();
    List<Gate> applied = gates.stream().filter(Gate::applies).toList();
    List<String> missed = applied.stream().filter(gate -> !gate.isMet()).map(Gate::what).toList();
    System.out.printf(
        "gates: %d of %d met%s%n",
        applied.size() - missed.size(),
        applied.size(),
        missed.isEmpty() ? "" : "; not met: " + String.join("; ", missed));
    return missed.isEmpty();
  }
}
