/// Telemetry for Spring Boot 3 and 4; the starters register these configurations, each for its
/// Boot.
///
/// Comes in: properties `micromegas.*`, and what the application has: Logback, Micrometer, a web
/// server, executors. Goes out: running telemetry, and adapters of all of these. Must use nothing
/// that differs between Boot 3 and 4, and must never fail a request.
@NullMarked
package micromegas.tracing.spring;

import org.jspecify.annotations.NullMarked;
