/// What is recorded at the methods of libraries; one class for each job. No method may throw.
@NullMarked
package micromegas.tracing.agent.advice;

import org.jspecify.annotations.NullMarked;
