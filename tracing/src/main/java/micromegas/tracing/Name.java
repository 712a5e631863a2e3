package micromegas.tracing;

import micromegas.tracing.record.Reference;
import micromegas.tracing.site.InternTable;
import micromegas.tracing.site.SiteTable;
import micromegas.transit.StaticText;
import org.jspecify.annotations.Nullable;

/// A span name of the run time. Equal names are mostly one object; make a name once and keep it
/// where that is possible. Each block repeats the names that occur in it, so a name for every span,
/// such as one with an id in it, costs bytes. Immutable.
public final class Name {
  /// Names that are found again; those that were not asked for the longest are forgotten.
  public static final int MAX_KEPT = Integer.getInteger("micromegas.telemetry.names.max", 16_384);

  private static final InternTable<String, Name> KEPT = new InternTable<>(MAX_KEPT);

  private final String text;
  private final Reference reference;

  private Name(String text) {
    this.text = text;
    this.reference = new Reference(SiteTable.process().nextReferenceId(), StaticText.of(text));
  }

  /// The name with that text, of which at most [PropertySet#MAX_TEXT] characters count.
  public static Name of(String text) {
    return KEPT.get(PropertySet.cut(String.valueOf(text)), Name::new);
  }

  /// For events; that of the text `null` for null, since recording never throws.
  static Reference reference(@Nullable Name name) {
    return (name == null ? of("null") : name).reference();
  }

  Reference reference() {
    return reference;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && name.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
