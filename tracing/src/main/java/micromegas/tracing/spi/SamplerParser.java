package micromegas.tracing.spi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads samplers from settings: the factories of [BlockSampler] under short names, with `|` for
/// "or". See [BlockSampler#parse].
final class SamplerParser {
  private static final Pattern CALL = Pattern.compile("([a-z]+)\\s*(?:\\(([^()]*)\\))?");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,11})\\s*(ms|s|m|h|d)");
  private static final Duration LONGEST = Duration.ofDays(365);

  private SamplerParser() {}

  static BlockSampler parse(String text) {
    BlockSampler all = null;
    for (String part : text.split("\\|", -1)) {
      BlockSampler next = one(part.trim());
      all = all == null ? next : all.or(next);
    }
    if (all == null) {
      throw new IllegalStateException("a split has at least one part");
    }
    return all;
  }

  private static BlockSampler one(String text) {
    Matcher call = CALL.matcher(text.toLowerCase(Locale.ROOT));
    if (!call.matches()) {
      throw unknown(text);
    }
    List<String> arguments = new ArrayList<>();
    if (call.group(2) != null) {
      for (String argument : call.group(2).split(",", -1)) {
        arguments.add(argument.trim());
      }
    }
    return switch (call.group(1) + "/" + arguments.size()) {
      case "all/0" -> BlockSampler.all();
      case "off/0" -> BlockSampler.off();
      case "ratio/2" -> BlockSampler.ratio(number(arguments.get(0)), duration(arguments.get(1)));
      case "heartbeat/2" ->
          BlockSampler.heartbeat(duration(arguments.get(0)), duration(arguments.get(1)));
      case "errors/2" ->
          BlockSampler.aroundErrors(duration(arguments.get(0)), duration(arguments.get(1)));
      case "spikes/2" ->
          BlockSampler.latencySpikes(number(arguments.get(0)), duration(arguments.get(1)));
      case "ondemand/1" -> BlockSampler.onDemand(duration(arguments.get(0)));
      default -> throw unknown(text);
    };
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "\""
            + text
            + "\" is no sampler; samplers are all, off, ratio(PART,WINDOW), heartbeat(PERIOD,LENGTH),"
            + " errors(BEFORE,AFTER), spikes(FACTOR,MEMORY), ondemand(MEMORY), with | between them");
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no number", e);
    }
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no duration; durations are such as 500ms, 30s, 10m, 2h, 1d");
    }
    long count = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        };
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("\"" + text + "\" is longer than a year");
    }
    return duration;
  }
}
