/// A test's telemetry beside its failure, for JUnit 5 and 6.
///
/// Comes in: the begin and end of tests. Goes out: what the process recorded in between, as text at
/// the failure and in the report, or to the test itself. Changes nothing of what tests do.
@NullMarked
package micromegas.tracing.junit;

import org.jspecify.annotations.NullMarked;
