/// A jar that adds its own view sets to the lakehouse.
///
/// Comes in: the builder with the built-in view sets. Goes out: `log_errors`, a view set with a
/// block processor of its own, and `error_counts`, a view defined by SQL. Must never change a
/// built-in view set.
@NullMarked
package micromegas.examples.customviews;

import org.jspecify.annotations.NullMarked;
