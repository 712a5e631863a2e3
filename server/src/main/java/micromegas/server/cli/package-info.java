/// The command line: serve, query, demo, config.
///
/// Comes in: arguments. Goes out: exit codes (0 done, 1 failed, 2 wrong usage), results on standard
/// output, everything else on standard error.
@NullMarked
package micromegas.server.cli;

import org.jspecify.annotations.NullMarked;
