/// Metrics of the JVM and the machine.
@NullMarked
package micromegas.tracing.monitor;

import org.jspecify.annotations.NullMarked;
