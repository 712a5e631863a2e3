/// What recording costs the thread that records.
@NullMarked
package micromegas.benchmarks.instrumentation;

import org.jspecify.annotations.NullMarked;
