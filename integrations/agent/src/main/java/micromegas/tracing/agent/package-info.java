/// The Java agent: weaves spans into methods, and takes contexts along with tasks.
///
/// Comes in: settings, and every class that the JVM loads. Goes out: woven classes, whose calls
/// arrive at the recorder. Whatever goes wrong, the application runs as if there were no agent.
@NullMarked
package micromegas.tracing.agent;

import org.jspecify.annotations.NullMarked;
