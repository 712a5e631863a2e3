package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import org.jspecify.annotations.Nullable;

/// Stack traces as names of methods, the outermost first. Of a stack that is too deep the innermost
/// frames are known, since these say what happened; it begins with `(deeper)`. Immutable.
final class Stacks {
  private static final String CUT = "(deeper)";

  private final int maxDepth;

  Stacks(int maxDepth) {
    this.maxDepth = maxDepth;
  }

  /// The frames of an event; empty when it has none.
  List<String> frames(RecordedEvent event) {
    return frames(event, null);
  }

  /// @param thrown the class of an exception whose constructors are left out, which some versions
  ///   of the recorder show as innermost frames; null for none
  private List<String> frames(RecordedEvent event, @Nullable RecordedClass thrown) {
    RecordedStackTrace trace = event.getStackTrace();
    if (trace == null) {
      return List.of();
    }
    List<String> frames = new ArrayList<>();
    boolean cut = trace.isTruncated();
    boolean constructs = thrown != null;
    for (RecordedFrame frame : trace.getFrames()) {
      RecordedMethod method = frame.getMethod();
      if (method == null || !frame.isJavaFrame()) {
        continue;
      }
      constructs = constructs && method.getName().equals("<init>");
      if (constructs) {
        constructs = thrown != null && method.getType().getId() != thrown.getId();
      } else if (frames.size() == maxDepth) {
        cut = true;
        break;
      } else {
        frames.add(typeName(method.getType().getName()) + "." + method.getName());
      }
    }
    if (cut && !frames.isEmpty()) {
      frames.add(CUT);
    }
    Collections.reverse(frames);
    return frames;
  }

  /// Without the address in the name of a hidden class, which differs from run to run.
  static String typeName(String name) {
    int address = name.lastIndexOf("0x");
    return address > 0 && "./+".indexOf(name.charAt(address - 1)) >= 0
        ? name.substring(0, address - 1)
        : name;
  }

  /// The frames joined by `;`, as flame graphs have them.
  String folded(RecordedEvent event) {
    return String.join(";", frames(event));
  }

  /// The same up to what threw an exception, without its constructors.
  String foldedToThrow(RecordedEvent event, @Nullable RecordedClass thrown) {
    return String.join(";", frames(event, thrown));
  }
}
