package micromegas.tracing.monitor;

/// How busy the processors of the machine were since the last time, by `/proc/stat`: its first line
/// has the time that they spent as user, nice, system, idle, waiting for I/O, and more. Used by one
/// thread.
final class ProcessorLoad implements AutoCloseable {
  private static final byte[] ALL = ProcFile.name("cpu ");
  private static final int IDLE = 3;
  private static final int WAITING = 4;

  /// Up to time stolen by other guests; that of own guests is counted in user and nice already.
  private static final int FIELDS = 8;

  private final ProcFile file;
  private final long[] times = new long[FIELDS];
  private final boolean isKnown;
  private long lastAll;
  private long lastIdle;

  ProcessorLoad() {
    this(ProcFile.open("/proc/stat"));
  }

  ProcessorLoad(ProcFile file) {
    this.file = file;
    file.read();
    isKnown = file.numbers(ALL, times);
    next();
  }

  /// Whether the system tells.
  boolean isKnown() {
    return isKnown;
  }

  /// @return 0 to 1; negative when no time has passed
  double next() {
    file.read();
    if (!file.numbers(ALL, times)) {
      return -1;
    }
    long all = 0;
    for (long time : times) {
      all += time;
    }
    long idle = times[IDLE] + times[WAITING];
    long passed = all - lastAll;
    long idled = idle - lastIdle;
    lastAll = all;
    lastIdle = idle;
    return passed <= 0 ? -1 : Math.min(1, Math.max(0, 1 - (double) idled / passed));
  }

  @Override
  public void close() {
    file.close();
  }
}
