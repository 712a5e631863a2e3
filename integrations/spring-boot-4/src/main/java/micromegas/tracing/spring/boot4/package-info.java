/// What Spring Boot 4 has under names of its own: the health of telemetry for the actuator.
@NullMarked
package micromegas.tracing.spring.boot4;

import org.jspecify.annotations.NullMarked;
