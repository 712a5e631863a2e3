package micromegas.benchmarks.instrumentation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.locks.ReentrantLock;

/// What stripes are compared with: one buffer of 1 MiB per kind of event behind one lock, as plain
/// implementations have it. It writes what a metric or a constant log consists of; a full buffer is
/// counted and used again, so that nobody who takes events away is paid for.
final class LockedBuffer {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int SIZE = 1 << 20;
  private static final int MARGIN = 128;
  private static final byte METRIC = 1;
  private static final byte LOG = 2;

  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] bytes = new byte[SIZE];
  private int position;
  private int inBuffer;
  private long handedOver;

  void metricUnderLock(long site, long value) {
    long ticks = System.nanoTime();
    lock.lock();
    try {
      metric(site, value, ticks);
    } finally {
      lock.unlock();
    }
  }

  void metricInMonitor(long site, long value) {
    long ticks = System.nanoTime();
    synchronized (this) {
      metric(site, value, ticks);
    }
  }

  void logUnderLock(long site) {
    long ticks = System.nanoTime();
    lock.lock();
    try {
      log(site, ticks);
    } finally {
      lock.unlock();
    }
  }

  void logInMonitor(long site) {
    long ticks = System.nanoTime();
    synchronized (this) {
      log(site, ticks);
    }
  }

  /// Events so far; for when all writers have ended.
  long events() {
    return handedOver + inBuffer;
  }

  private void metric(long site, long value, long ticks) {
    bytes[position] = METRIC;
    LONGS.set(bytes, position + 1, site);
    LONGS.set(bytes, position + 9, value);
    LONGS.set(bytes, position + 17, ticks);
    advance(25);
  }

  private void log(long site, long ticks) {
    bytes[position] = LOG;
    LONGS.set(bytes, position + 1, site);
    LONGS.set(bytes, position + 9, ticks);
    advance(17);
  }

  private void advance(int size) {
    position += size;
    inBuffer++;
    if (SIZE - position < MARGIN) {
      handedOver += inBuffer;
      inBuffer = 0;
      position = 0;
    }
  }
}
