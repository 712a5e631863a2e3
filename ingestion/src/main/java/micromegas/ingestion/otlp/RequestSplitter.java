package micromegas.ingestion.otlp;

import java.util.ArrayList;
import java.util.List;
import micromegas.common.BadRequestException;
import micromegas.common.CorruptDataException;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Signal;
import micromegas.otlp.block.BlockScanner;
import micromegas.otlp.block.BlockSummary;
import micromegas.otlp.canonical.CanonicalForm;

/// Checks a request and splits it into one block per resource. Used by one thread for one request.
final class RequestSplitter {
  /// The resource messages are one level below the request.
  private static final int RESOURCE_DEPTH = 1;

  /// A tag and a length: no attribute is shorter.
  private static final int SMALLEST_ATTRIBUTE = 2;

  private final OtlpSettings settings;
  private final CanonicalForm form = new CanonicalForm();
  private final BlockScanner scanner = new BlockScanner();
  private final ProtoReader reader = new ProtoReader();

  RequestSplitter(OtlpSettings settings) {
    this.settings = settings;
  }

  /// The resources of the request in `request[begin, end)` that have records, in their order.
  ///
  /// @throws CorruptDataException when any part of the request is malformed
  /// @throws BadRequestException when a resource is over a limit
  List<PreparedBlock> split(Signal signal, byte[] request, int begin, int end) {
    List<PreparedBlock> blocks = new ArrayList<>();
    reader.over(request, begin, end);
    while (reader.next()) {
      if (reader.tag() == OtlpTags.ExportRequest.RESOURCES) {
        add(
            signal,
            form.of(signal.resource(), request, reader.begin(), reader.end(), RESOURCE_DEPTH),
            blocks);
      } else if (reader.field() == OtlpTags.ExportRequest.RESOURCES >>> 3) {
        throw new CorruptDataException(
            "protobuf: %s has wire type %d".formatted(signal.listName(), reader.wireType()));
      }
    }
    return blocks;
  }

  /// Adds a canonical message, unless it has no records.
  ///
  /// @throws BadRequestException when the resource is over a limit
  void add(Signal signal, byte[] message, List<PreparedBlock> blocks) {
    BlockSummary summary = scanner.scan(signal, message);
    if (summary.records() == 0) {
      return;
    }
    ProtoReader fields = new ProtoReader().over(message, 0, message.length);
    boolean hasResource = fields.next() && fields.tag() == OtlpTags.ResourceSignal.RESOURCE;
    if (hasResource) {
      checkResource(message, fields.begin(), fields.end());
    }
    blocks.add(
        new PreparedBlock(
            signal,
            message,
            hasResource ? fields.begin() : 0,
            hasResource ? fields.end() : 0,
            summary));
  }

  private void checkResource(byte[] message, int begin, int end) {
    if (end - begin > settings.maxResourceBytes()) {
      throw new BadRequestException(
          "a resource of %d bytes, which is over the limit of %d"
              .formatted(end - begin, settings.maxResourceBytes()));
    }
    if (end - begin <= (long) settings.maxResourceAttributes() * SMALLEST_ATTRIBUTE) {
      return;
    }
    int attributes = 0;
    ProtoReader resource = new ProtoReader().over(message, begin, end);
    while (resource.next()) {
      attributes += resource.tag() == OtlpTags.Resource.ATTRIBUTES ? 1 : 0;
    }
    if (attributes > settings.maxResourceAttributes()) {
      throw new BadRequestException(
          "a resource of %d attributes, which is over the limit of %d"
              .formatted(attributes, settings.maxResourceAttributes()));
    }
  }
}
