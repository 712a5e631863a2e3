/// What can be plugged in: sinks of telemetry, authentication of requests, decisions on blocks, and
/// the recording calls that adapters and woven code use.
@NullMarked
package micromegas.tracing.spi;

import org.jspecify.annotations.NullMarked;
