package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;

/// Stack traces as names of methods, the outermost first. Immutable.
final class Stacks {
  private static final String CUT = "(deeper)";

  private final int maxDepth;

  Stacks(int maxDepth) {
    this.maxDepth = maxDepth;
  }

  /// The frames of an event; empty when it has none. A stack of which the recorder knows the
  /// innermost frames alone begins with `(deeper)`.
  List<String> frames(RecordedEvent event) {
    RecordedStackTrace trace = event.getStackTrace();
    if (trace == null) {
      return List.of();
    }
    List<String> frames = new ArrayList<>();
    for (RecordedFrame frame : trace.getFrames()) {
      RecordedMethod method = frame.getMethod();
      if (method != null && frame.isJavaFrame()) {
        frames.add(typeName(method.getType().getName()) + "." + method.getName());
      }
    }
    if (trace.isTruncated()) {
      frames.add(CUT);
    }
    Collections.reverse(frames);
    return frames.size() > maxDepth ? frames.subList(0, maxDepth) : frames;
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
}
