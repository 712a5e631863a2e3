package micromegas.otlp.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import micromegas.common.CorruptDataException;
import micromegas.common.ResourceExhaustedException;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;
import micromegas.otlp.Signal;
import micromegas.otlp.canonical.CanonicalForm;
import micromegas.otlp.schema.Field;
import micromegas.otlp.schema.FieldType;
import micromegas.otlp.schema.MessageType;

/// Writes OTLP/JSON as protobuf, in one pass and driven by the tables of OTLP.
///
/// The mapping is protobuf's (ProtoJSON) with what OTLP changes: names in lowerCamelCase only, ids
/// in hexadecimal. Accepted beside it: enumerations as numbers and names, 64-bit integers as
/// numbers and text, base64 of both alphabets with and without padding. Unknown fields are ignored;
/// `null` means absent. The list of resources is mandatory, as it is for the reference
/// implementation.
///
/// The result is protobuf, not yet its canonical form. Thread-safe.
public final class JsonTranscoder {
  /// Guess for the length of a nested message; only the speed depends on it.
  private static final int EXPECTED_LENGTH = 64;

  private static final int MAX_JSON_DEPTH = 1_000;

  private final JsonFactory factory =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_JSON_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final int maxBytes;

  /// @param maxBytes most bytes of a request as protobuf, which can be longer than its JSON
  public JsonTranscoder(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// The protobuf of the request in `json[begin, end)`.
  ///
  /// @throws CorruptDataException when it is not JSON or does not follow the mapping; the message
  ///   says where
  /// @throws ResourceExhaustedException when the result is longer than the limit
  public byte[] transcode(Signal signal, byte[] json, int begin, int end) {
    try (JsonParser parser = factory.createParser(json, begin, end - begin)) {
      return new Run(parser, new ProtoWriter(maxBytes)).request(signal);
    } catch (IOException e) {
      throw new CorruptDataException("JSON: " + e.getMessage(), e);
    }
  }

  private static final class Run {
    private final JsonParser parser;
    private final ProtoWriter out;
    private final JsonValues values;

    Run(JsonParser parser, ProtoWriter out) {
      this.parser = parser;
      this.out = out;
      this.values = new JsonValues(parser, out);
    }

    byte[] request(Signal signal) throws IOException {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw values.wrong("a request is an object");
      }
      boolean hasList = message(signal.request(), 0);
      if (!hasList) {
        throw values.wrong(signal.listName() + " is missing");
      }
      if (parser.nextToken() != null) {
        throw values.wrong("there is something behind the request");
      }
      return out.toByteArray();
    }

    /// Writes the fields of the object that has begun.
    ///
    /// @return whether it has any known field that is not null
    private boolean message(MessageType type, int depth) throws IOException {
      boolean any = false;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        Field field = type.field(parser.currentName());
        JsonToken token = parser.nextToken();
        if (field == null) {
          parser.skipChildren();
        } else if (token != JsonToken.VALUE_NULL) {
          any = true;
          field(field, depth);
        }
      }
      return any;
    }

    private void field(Field field, int depth) throws IOException {
      if (!field.isRepeated()) {
        value(field, depth);
        return;
      }
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw values.wrong(field.jsonName() + " is an array");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        value(field, depth);
      }
    }

    private void value(Field field, int depth) throws IOException {
      if (field.type() != FieldType.MESSAGE) {
        values.write(field);
        return;
      }
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw values.wrong(field.jsonName() + " is an object");
      }
      if (depth >= CanonicalForm.MAX_DEPTH) {
        throw values.wrong("nested deeper than " + CanonicalForm.MAX_DEPTH + " messages");
      }
      out.tag(field.number(), ProtoReader.LENGTH_DELIMITED);
      int content = out.begin(EXPECTED_LENGTH);
      message(field.message(), depth + 1);
      out.end(content, EXPECTED_LENGTH);
    }
  }
}
