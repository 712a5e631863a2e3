package micromegas.tracing.spring;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.TaskDecorator;

/// Takes the span context of whoever submits a task to the thread that runs it, in the executors
/// that Boot makes. An application's own decorator stays, inside of ours.
@AutoConfiguration
@ConditionalOnProperty(
    prefix = "micromegas",
    name = {"enabled", "executors.enabled"},
    matchIfMissing = true)
public class ExecutorsAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(TaskDecorator.class)
  ContextTaskDecorator micromegasTaskDecorator() {
    return new ContextTaskDecorator(task -> task);
  }

  @Bean
  static BeanPostProcessor micromegasTaskDecorators() {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof TaskDecorator own && !(bean instanceof ContextTaskDecorator)
            ? new ContextTaskDecorator(own)
            : bean;
      }
    };
  }
}
