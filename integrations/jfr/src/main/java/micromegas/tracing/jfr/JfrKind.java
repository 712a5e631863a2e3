package micromegas.tracing.jfr;

import java.util.List;
import java.util.Locale;

/// Kinds of events that can be recorded. Each has its own budget.
public enum JfrKind {
  /// Pauses of the garbage collector, and their phases.
  GC("GCPhasePause", "GCPhasePauseLevel1", "GarbageCollection"),
  /// Other operations for which all threads stop, and the way there.
  SAFEPOINT("SafepointBegin", "ExecuteVMOperation"),
  /// Waits for monitors, and in them.
  MONITOR("JavaMonitorEnter", "JavaMonitorWait"),
  /// Parked and sleeping threads, and those that wait for memory.
  PARK("ThreadPark", "ThreadSleep", "ZAllocationStall"),
  /// Virtual threads that block their carrier.
  PINNED("VirtualThreadPinned"),
  /// Files and sockets.
  IO("FileRead", "FileWrite", "FileForce", "SocketRead", "SocketWrite"),
  /// What threads are doing, some fifty times a second.
  SAMPLES("ExecutionSample"),
  /// Allocations, sampled.
  ALLOCATION("ObjectAllocationSample"),
  /// Errors that are thrown.
  ERRORS("JavaErrorThrow"),
  /// All exceptions that are thrown; costs a stack trace each.
  EXCEPTIONS("JavaExceptionThrow");

  private final List<String> events;

  JfrKind(String... events) {
    this.events = List.of(events).stream().map(name -> "jdk." + name).toList();
  }

  /// Names of the recorder's events.
  List<String> events() {
    return events;
  }

  /// In settings, and in the counts of what was lost.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
