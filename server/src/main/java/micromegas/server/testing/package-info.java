/// A whole server for tests of applications: [micromegas.server.testing.TestServer].
///
/// Comes in: a folder. Goes out: addresses to send telemetry to, and rows of queries over what
/// came.
@NullMarked
package micromegas.server.testing;

import org.jspecify.annotations.NullMarked;
