/// Macro and micro benchmarks. Each compares two things in one run, checks that both are right, and
/// prints a ratio.
@NullMarked
package micromegas.benchmarks;

import org.jspecify.annotations.NullMarked;
