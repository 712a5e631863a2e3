/// A program whose orders are slow now and then, and a query that says why.
@NullMarked
package micromegas.examples.jfr;

import org.jspecify.annotations.NullMarked;
