package micromegas.tracing.jfr;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Kinds of events that can be recorded. Each has its own budget.
public enum JfrKind {
  /// Pauses of the garbage collector and their phases, what it does beside the program, the heap
  /// before and after, and who asked for it.
  GC(
      "GCPhasePause",
      "GCPhasePauseLevel1",
      "GCPhaseConcurrent",
      "GarbageCollection",
      "GCHeapSummary",
      "SystemGC"),
  /// Other operations for which all threads stop, and the way there.
  SAFEPOINT("SafepointBegin", "ExecuteVMOperation"),
  /// Waits for monitors, and in them. Those of virtual threads are not known to the JVM since it
  /// unmounts them there, which is JDK 24.
  MONITOR("JavaMonitorEnter", "JavaMonitorWait"),
  /// Parked and sleeping threads, and those that wait for memory. Of virtual threads the JVM knows
  /// sleep, and parks that block their carrier.
  PARK("ThreadPark", "ThreadSleep", "ZAllocationStall"),
  /// Virtual threads that block their carrier.
  PINNED("VirtualThreadPinned"),
  /// Files and sockets.
  IO("FileRead", "FileWrite", "FileForce", "SocketRead", "SocketWrite"),
  /// What threads are doing in Java code, some fifty times a second.
  SAMPLES("ExecutionSample"),
  /// What threads spend processor time on, native code too, sampled by that time. Needs JDK 25 and
  /// Linux.
  CPU_SAMPLES("CPUTimeSample", "CPUTimeSamplesLost"),
  /// Allocations, sampled.
  ALLOCATION("ObjectAllocationSample"),
  /// Errors that are thrown, and how many exceptions and errors there are.
  ERRORS("JavaErrorThrow", "ExceptionStatistics"),
  /// All exceptions that are thrown; costs a stack trace each. From JDK 25 on the recorder itself
  /// takes only as many as the budget allows.
  EXCEPTIONS("JavaExceptionThrow");

  /// Events that come once a second and sum up.
  private static final Set<String> SUMMARIES =
      Set.of("jdk.ExceptionStatistics", "jdk.CPUTimeSamplesLost");

  private final List<String> events;

  JfrKind(String... events) {
    this.events = List.of(events).stream().map(name -> "jdk." + name).toList();
  }

  /// Names of the recorder's events.
  List<String> events() {
    return events;
  }

  /// Whether the events of that name need no budget.
  static boolean isSummary(String event) {
    return SUMMARIES.contains(event);
  }

  /// In settings, and in the counts of what was lost.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
