package micromegas.server.config;

import java.util.Optional;
import java.util.function.Function;

/// One thing that can be set.
///
/// @param name flag and key, in kebab case
/// @param environment name of the environment variable
/// @param form accepted form, for help and messages
/// @param defaultText default as a user would write it; empty when there is none
/// @param description one sentence for help
/// @param secret whether listings mask the value
/// @param parser throws [IllegalArgumentException] or [micromegas.common.BadRequestException] for a
///   value that is not of the form
public record Setting<T>(
    String name,
    String environment,
    String form,
    Optional<String> defaultText,
    String description,
    boolean secret,
    Function<String, T> parser) {

  static <T> Setting<T> of(
      String name,
      String environment,
      String form,
      String defaultText,
      String description,
      Function<String, T> parser) {
    return new Setting<>(
        name, environment, form, Optional.of(defaultText), description, false, parser);
  }

  static <T> Setting<T> optional(
      String name,
      String environment,
      String form,
      String description,
      Function<String, T> parser) {
    return new Setting<>(name, environment, form, Optional.empty(), description, false, parser);
  }

  Setting<T> masked() {
    return new Setting<>(name, environment, form, defaultText, description, true, parser);
  }
}
