/// For tests of instrumented code: a sink that keeps what was recorded, and reads it back.
@NullMarked
package micromegas.tracing.testing;

import org.jspecify.annotations.NullMarked;
