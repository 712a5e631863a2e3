/// A jar that adds its own view sets to the lakehouse.
@NullMarked
package micromegas.examples.customviews;

import org.jspecify.annotations.NullMarked;
