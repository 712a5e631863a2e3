package micromegas.tracing.spring;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.Appender;
import java.util.Iterator;
import java.util.List;
import micromegas.tracing.logback.MicromegasAppender;
import org.slf4j.LoggerFactory;

/// The appender on the root logger, as long as the application context lives; none when the
/// application's own configuration has one, or another context. It comes back when Logback is
/// configured anew.
final class LogbackAttachment {
  private final List<String> mdc;
  private final MicromegasAppender appender = new MicromegasAppender();
  private final Again again = new Again();

  /// @param mdc keys that become properties; those of the environment when it is empty
  LogbackAttachment(List<String> mdc) {
    this.mdc = mdc;
  }

  void attach() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
      if (!hasOne(root)) {
        appender.setContext(context);
        appender.setName("MICROMEGAS");
        if (!mdc.isEmpty()) {
          appender.setMdc(String.join(",", mdc));
        }
        appender.start();
        root.addAppender(appender);
        context.addListener(again);
      }
    }
  }

  private static boolean hasOne(Logger root) {
    Iterator<Appender<ILoggingEvent>> appenders = root.iteratorForAppenders();
    while (appenders.hasNext()) {
      // By name: another class loader may have brought the class.
      if (appenders.next().getClass().getName().equals(MicromegasAppender.class.getName())) {
        return true;
      }
    }
    return false;
  }

  void detach() {
    if (appender.isStarted() && appender.getContext() instanceof LoggerContext context) {
      context.removeListener(again);
      context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAppender(appender);
      appender.stop();
    }
  }

  /// Logback takes all appenders away before it is configured anew, and then tells.
  private final class Again implements LoggerContextListener {
    @Override
    public boolean isResetResistant() {
      return true;
    }

    @Override
    public void onReset(LoggerContext context) {
      appender.start();
      context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    @Override
    public void onStart(LoggerContext context) {}

    @Override
    public void onStop(LoggerContext context) {}

    @Override
    public void onLevelChange(Logger logger, Level level) {}
  }
}
