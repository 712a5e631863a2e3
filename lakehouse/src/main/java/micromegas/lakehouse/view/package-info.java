/// View sets, their instances, and the factory that names them.
///
/// Users add their own view sets with the same builder, through ServiceLoader and ViewSetExtension.
/// All instances of a set share one schema and one schema hash.
@NullMarked
package micromegas.lakehouse.view;

import org.jspecify.annotations.NullMarked;
