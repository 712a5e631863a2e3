package micromegas.ingestion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the text of an envelope acceptable to PostgreSQL, so that a client is not sent away with
/// an error that it can only repeat: over-long text of a process is cut, U+0000 and unpaired
/// surrogates become U+FFFD. Properties in the namespace `micromegas.`, which belongs to the
/// server, are dropped. Every change is logged with the id.
final class StorableText {
  private static final Logger LOG = LoggerFactory.getLogger(StorableText.class);

  /// Characters of the text columns of `processes`, declared `VARCHAR(255)`.
  static final int MAX_PROCESS_TEXT = 255;

  static final String RESERVED_PREFIX = "micromegas.";

  private StorableText() {}

  static ProcessInfo of(ProcessInfo info) {
    String owner = "process " + info.processId();
    return new ProcessInfo(
        info.processId(),
        column(info.exe(), "exe", owner),
        column(info.username(), "username", owner),
        column(info.realname(), "realname", owner),
        column(info.computer(), "computer", owner),
        column(info.distro(), "distro", owner),
        column(info.cpuBrand(), "cpu_brand", owner),
        info.tscFrequency(),
        info.startTime(),
        info.startTicks(),
        info.parentProcessId(),
        properties(info.properties(), owner));
  }

  static StreamInfo of(StreamInfo info) {
    String owner = "stream " + info.streamId();
    List<String> tags = info.tags().stream().map(tag -> storable(tag, "a tag", owner)).toList();
    return new StreamInfo(
        info.processId(),
        info.streamId(),
        info.dependenciesMetadata(),
        info.objectsMetadata(),
        tags,
        properties(info.properties(), owner),
        info.format());
  }

  private static Map<String, String> properties(Map<String, String> sent, String owner) {
    Map<String, String> kept = new LinkedHashMap<>();
    sent.forEach((key, value) -> {
      if (key.startsWith(RESERVED_PREFIX)) {
        LOG.warn("{}: dropped property '{}', its namespace is reserved", owner, key);
      } else {
        kept.put(
            storable(key, "a property name", owner), storable(value, "property " + key, owner));
      }
    });
    return kept;
  }

  private static String column(String text, String name, String owner) {
    String storable = storable(text, name, owner);
    int characters = storable.codePointCount(0, storable.length());
    if (characters <= MAX_PROCESS_TEXT) {
      return storable;
    }
    LOG.warn("{}: {} of {} characters cut to {}", owner, name, characters, MAX_PROCESS_TEXT);
    return storable.substring(0, storable.offsetByCodePoints(0, MAX_PROCESS_TEXT));
  }

  private static String storable(String text, String name, String owner) {
    if (text.codePoints().noneMatch(StorableText::isRefused)) {
      return text;
    }
    LOG.warn("{}: {} has characters that cannot be stored; they became U+FFFD", owner, name);
    int[] replaced = text.codePoints().map(c -> isRefused(c) ? 0xFFFD : c).toArray();
    return new String(replaced, 0, replaced.length);
  }

  /// `codePoints()` joins surrogate pairs, so a surrogate that is left has no partner.
  private static boolean isRefused(int codePoint) {
    return codePoint == 0 || (codePoint >= 0xD800 && codePoint <= 0xDFFF);
  }
}
