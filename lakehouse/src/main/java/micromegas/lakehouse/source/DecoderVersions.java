package micromegas.lakehouse.source;

import java.util.Map;
import java.util.TreeMap;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.view.ViewSource;

/// The decoders of a view set.
///
/// @param viewSet whose undecodable blocks count
/// @param byFormat current version of the decoder of each stream format
public record DecoderVersions(String viewSet, Map<String, Integer> byFormat) {
  public DecoderVersions {
    byFormat = Map.copyOf(byFormat);
  }

  public static DecoderVersions of(String viewSet, ViewSource.Blocks source) {
    Map<String, Integer> versions = new TreeMap<>();
    for (Map.Entry<String, BlockProcessor> entry : source.processors().entrySet()) {
      versions.put(entry.getKey(), entry.getValue().version());
    }
    return new DecoderVersions(viewSet, versions);
  }

  String[] formats() {
    return byFormat.keySet().stream().sorted().toArray(String[]::new);
  }

  Integer[] versions() {
    return byFormat.keySet().stream().sorted().map(byFormat::get).toArray(Integer[]::new);
  }
}
