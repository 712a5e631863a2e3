/// Which methods are woven, and how.
///
/// Comes in: the facts of a class file. Goes out: forms. Selectors look at one file only: nothing
/// is loaded, nothing is resolved.
@NullMarked
package micromegas.tracing.agent.select;

import org.jspecify.annotations.NullMarked;
