/// A small shop whose telemetry is all made by the Spring Boot starter and the Java agent.
@NullMarked
package micromegas.examples.springboot;

import org.jspecify.annotations.NullMarked;
