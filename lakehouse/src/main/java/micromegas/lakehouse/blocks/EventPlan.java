package micromegas.lakehouse.blocks;

import micromegas.transit.TransitLayout;
import micromegas.transit.TypeTable;
import org.jspecify.annotations.Nullable;

/// How one view set reads the events of one stream: field handles per type index, found when the
/// first event of the type is met. Belongs to one decoding thread.
final class EventPlan<F extends EventFields> {
  private final TransitLayout layout;
  private final EventTypes<F> types;
  private final @Nullable EventFields[] fields;

  EventPlan(TransitLayout layout, EventTypes<F> types) {
    this.layout = layout;
    this.types = types;
    this.fields = new EventFields[layout.objects().addressableTypes()];
  }

  TypeTable dependencyTypes() {
    return layout.dependencies();
  }

  TypeTable objectTypes() {
    return layout.objects();
  }

  /// Hot code: the usual call is one array read.
  @SuppressWarnings("unchecked") // the array holds what `types` made
  F fields(int type) {
    EventFields known = fields[type];
    return known != null ? (F) known : resolve(type);
  }

  /// A type that cannot be read is not remembered: it is tried again and fails again.
  private F resolve(int type) {
    F found = types.resolve(layout.objects().type(type), layout.objects());
    fields[type] = found;
    return found;
  }
}
