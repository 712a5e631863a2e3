package micromegas.tracing.logback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.Test;

/// An application that is deployed again, with a Logback of its own, while telemetry stays.
class UnloadTest {
  private static final int COLLECTIONS = 50;

  /// Loads everything but the SDK itself again.
  private static final class Application extends URLClassLoader {
    Application(URL[] urls, ClassLoader parent) {
      super(urls, parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("micromegas.tracing.logback.") || name.startsWith("ch.qos.logback.")) {
        synchronized (getClassLoadingLock(name)) {
          Class<?> known = findLoadedClass(name);
          return known != null ? known : findClass(name);
        }
      }
      return super.loadClass(name, resolve);
    }
  }

  /// Runs inside the application.
  public static final class Main implements Runnable {
    @Override
    public void run() {
      ch.qos.logback.classic.LoggerContext context = new ch.qos.logback.classic.LoggerContext();
      context.setMDCAdapter(new ch.qos.logback.classic.util.LogbackMDCAdapter());
      MicromegasAppender appender = new MicromegasAppender();
      appender.setContext(context);
      appender.start();
      context.getLogger("ROOT").addAppender(appender);
      context.getLogger("com.acme.Orders").atInfo().addKeyValue("zone", "eu").log("deployed");
      context.stop();
    }
  }

  @Test
  void theSdkHoldsOnToNothingOfAnApplicationThatIsGone() throws Exception {
    Telemetry.builder().shutdownHook(false).start().close(); // what was said before
    MemorySink sink = new MemorySink();
    try (Telemetry telemetry =
        Telemetry.builder()
            .sink(sink)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .shutdownHook(false)
            .start()) {
      WeakReference<ClassLoader> application = deploy();
      for (int i = 0; i < COLLECTIONS && application.get() != null; i++) {
        System.gc();
        telemetry.flush(Duration.ofSeconds(5));
      }
      assertThat(application.get()).isNull();
    }
    assertThat(sink.logs()).extracting(RecordedLog::text).containsExactly("deployed");
  }

  /// Its lines are kept for the telemetry that starts, it is not.
  @Test
  void linesBeforeTelemetryHoldOnToNothingEither() throws Exception {
    Telemetry.builder().shutdownHook(false).start().close(); // what was said before
    WeakReference<ClassLoader> application = deploy();
    for (int i = 0; i < COLLECTIONS && application.get() != null; i++) {
      System.gc();
      LockSupport.parkNanos(10_000_000);
    }
    assertThat(application.get()).isNull();
    MemorySink sink = new MemorySink();
    Telemetry.builder()
        .sink(sink)
        .consoleLevels(LevelFilter.OFF)
        .shutdownHook(false)
        .start()
        .close();
    assertThat(sink.logs()).extracting(RecordedLog::text).containsExactly("deployed");
  }

  private static WeakReference<ClassLoader> deploy() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    Application loader =
        new Application(urls.toArray(URL[]::new), UnloadTest.class.getClassLoader());
    try {
      Class<?> main = loader.loadClass(Main.class.getName());
      assertThat(main.getClassLoader()).isSameAs(loader);
      // On this thread, which stays as the workers of a container do.
      ((Runnable) main.getConstructor().newInstance()).run();
    } finally {
      close(loader);
    }
    return new WeakReference<>(loader);
  }

  private static void close(URLClassLoader loader) throws IOException {
    loader.close();
  }
}
