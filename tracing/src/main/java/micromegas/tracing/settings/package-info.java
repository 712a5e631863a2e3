/// Where settings come from, and what the process says about itself.
@NullMarked
package micromegas.tracing.settings;

import org.jspecify.annotations.NullMarked;
