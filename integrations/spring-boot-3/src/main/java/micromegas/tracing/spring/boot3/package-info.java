/// What Spring Boot 3 has under names of its own: the health of telemetry for the actuator.
@NullMarked
package micromegas.tracing.spring.boot3;

import org.jspecify.annotations.NullMarked;
