package micromegas.lakehouse.blocks;

import java.util.List;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.DependencyTable;
import micromegas.transit.FieldAccess;
import micromegas.transit.RecordLayout;
import micromegas.transit.TransitLayout;
import micromegas.transit.TypeTable;

/// What the log statements and property sets of a block say, by their ordinals, found once per
/// entry and block. Texts are given as ordinals. Belongs to one decoding thread.
final class LogDescriptors {
  private static final int UNKNOWN = -1;
  private static final int NONE = -2;

  private final DependencyTable dependencies;
  private TypeTable types;
  private int[] targets = new int[256];
  private int[] levels = new int[256];
  private int[] messages = new int[256];
  private int[] targetOverrides = new int[256];
  private int[] levelOverrides = new int[256];

  LogDescriptors(DependencyTable dependencies) {
    this.dependencies = dependencies;
    this.types = TransitLayout.compile(List.of(), List.of()).dependencies();
  }

  /// Starts a block.
  void begin(TypeTable dependencyTypes) {
    types = dependencyTypes;
    int size = dependencies.size();
    targets = TextIndex.cleared(targets, size);
    levels = TextIndex.cleared(levels, size);
    messages = TextIndex.cleared(messages, size);
    targetOverrides = TextIndex.cleared(targetOverrides, size);
    levelOverrides = TextIndex.cleared(levelOverrides, size);
  }

  /// Text of the statement's target; also makes [#level] known.
  int target(int statement) {
    int target = targets[statement];
    return target != UNKNOWN ? target : firstUse(statement);
  }

  /// Valid after [#target] of the same statement.
  int level(int statement) {
    return levels[statement];
  }

  /// Text of the statement's format.
  int message(int statement) {
    int message = messages[statement];
    if (message == UNKNOWN) {
      message = text(statement, layout(statement).reference("fmt_str"));
      messages[statement] = message;
    }
    return message;
  }

  /// Text of the property `target` of a set, or `otherwise`.
  int target(int set, int otherwise) {
    if (targetOverrides[set] == UNKNOWN) {
      findOverrides(set);
    }
    int target = targetOverrides[set];
    return target == NONE ? otherwise : target;
  }

  /// Level named by the property `level` of a set, or `otherwise`.
  int level(int set, int otherwise) {
    if (targetOverrides[set] == UNKNOWN) {
      findOverrides(set);
    }
    int level = levelOverrides[set];
    return level == NONE ? otherwise : level;
  }

  private int firstUse(int statement) {
    RecordLayout layout = layout(statement);
    FieldAccess level = layout.intField("level");
    levels[statement] = level.getInt(dependencies.records(), dependencies.recordBegin(statement));
    int target = text(statement, layout.reference("target"));
    targets[statement] = target;
    return target;
  }

  private RecordLayout layout(int statement) {
    return types.type(dependencies.recordType(statement));
  }

  private int text(int statement, FieldAccess field) {
    return dependencies.requireText(
        field.getLong(dependencies.records(), dependencies.recordBegin(statement)));
  }

  /// The last of equal names wins; a `level` without meaning makes the block corrupt, wherever it
  /// stands.
  private void findOverrides(int set) {
    int target = NONE;
    int level = NONE;
    for (int i = 0; i < dependencies.propertyCount(set); i++) {
      int value = dependencies.propertyValue(set, i);
      if (!dependencies.isText(value)) {
        continue;
      }
      int name = dependencies.propertyName(set, i);
      if (Texts.is(dependencies, name, Texts.TARGET)) {
        target = value;
      } else if (Texts.is(dependencies, name, Texts.LEVEL)) {
        level = parseLevel(value);
      }
    }
    levelOverrides[set] = level;
    targetOverrides[set] = target;
  }

  private int parseLevel(int text) {
    String name = Texts.toString(dependencies, text);
    return switch (name) {
      case "fatal" -> 1;
      case "error" -> 2;
      case "warning" -> 3;
      case "info" -> 4;
      case "debug" -> 5;
      case "trace" -> 6;
      default ->
          throw new CorruptBlockException(
              "property level has the unknown value "
                  + name.substring(0, Math.min(32, name.length())));
    };
  }
}
