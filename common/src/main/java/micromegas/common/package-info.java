/// What every room needs: time ranges, the family of errors, the split of memory.
///
/// Comes in: nothing. Goes out: small immutable values. Must never depend on another module, nor on
/// any library besides the JDK.
@NullMarked
package micromegas.common;

import org.jspecify.annotations.NullMarked;
