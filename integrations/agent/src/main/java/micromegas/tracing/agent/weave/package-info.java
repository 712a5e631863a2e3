/// Puts calls into the methods of classes.
///
/// Comes in: class files and, for each method, the forms of what is put in. Goes out: class files.
/// Adds no members, so that loaded classes can be woven and restored. Knows nothing of recording.
@NullMarked
package micromegas.tracing.agent.weave;

import org.jspecify.annotations.NullMarked;
