package micromegas.tracing.spring;

import ch.qos.logback.classic.LoggerContext;
import micromegas.tracing.logback.MicromegasAppender;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/// Records what Logback lets pass.
@AutoConfiguration(after = TelemetryAutoConfiguration.class)
@ConditionalOnClass({LoggerContext.class, MicromegasAppender.class})
@ConditionalOnBean(TelemetrySession.class)
@ConditionalOnProperty(prefix = "micromegas.logback", name = "enabled", matchIfMissing = true)
public class LogbackAutoConfiguration {

  @Bean
  LogbackAttachment micromegasLogbackAttachment(
      TelemetrySession session, MicromegasProperties settings) {
    LogbackAttachment attachment = new LogbackAttachment(settings.logback().mdc());
    attachment.attach();
    session.beforeClose(attachment::detach);
    return attachment;
  }
}
