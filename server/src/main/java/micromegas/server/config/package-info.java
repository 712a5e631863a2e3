/// Settings: one list of what can be set, and where each value came from.
///
/// Comes in: flags, environment, a properties file. Goes out: typed values, checked once at start.
/// Nothing else reads the environment.
@NullMarked
package micromegas.server.config;

import org.jspecify.annotations.NullMarked;
