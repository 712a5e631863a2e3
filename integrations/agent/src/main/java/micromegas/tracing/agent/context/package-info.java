/// Takes span contexts along with tasks and threads.
@NullMarked
package micromegas.tracing.agent.context;

import org.jspecify.annotations.NullMarked;
