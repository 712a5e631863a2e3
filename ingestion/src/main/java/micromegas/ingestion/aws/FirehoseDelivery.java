package micromegas.ingestion.aws;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import micromegas.common.CorruptDataException;

/// A delivery request of Firehose.
///
/// @param requestId as the body says; may be empty
/// @param records decoded from base64, in their order
public record FirehoseDelivery(String requestId, List<byte[]> records) {
  static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  public FirehoseDelivery {
    records = List.copyOf(records);
  }

  /// Reads the first `length` bytes of a body.
  ///
  /// @throws CorruptDataException when it is not the JSON of a delivery
  public static FirehoseDelivery read(byte[] body, int length) {
    String requestId = "";
    List<byte[]> records = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(body, 0, length)) {
      expect(parser.nextToken() == JsonToken.START_OBJECT, "a delivery is an object");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (name) {
          case "requestId" -> {
            expect(value == JsonToken.VALUE_STRING, "requestId is text");
            requestId = parser.getText();
          }
          case "records" -> {
            expect(value == JsonToken.START_ARRAY, "records is an array");
            while (parser.nextToken() != JsonToken.END_ARRAY) {
              records.add(record(parser, records.size()));
            }
          }
          default -> parser.skipChildren();
        }
      }
      expect(parser.nextToken() == null, "there is something behind the delivery");
    } catch (IOException e) {
      throw new CorruptDataException("firehose: " + e.getMessage(), e);
    }
    return new FirehoseDelivery(requestId, records);
  }

  private static byte[] record(JsonParser parser, int index) throws IOException {
    expect(parser.currentToken() == JsonToken.START_OBJECT, "record[" + index + "] is an object");
    byte[] data = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals("data")) {
        expect(value == JsonToken.VALUE_STRING, "record[" + index + "] has data that is text");
        data = parser.getBinaryValue();
      } else {
        parser.skipChildren();
      }
    }
    if (data == null) {
      throw new CorruptDataException("firehose: record[" + index + "] has no data");
    }
    return data;
  }

  private static void expect(boolean condition, String rule) {
    if (!condition) {
      throw new CorruptDataException("firehose: " + rule);
    }
  }
}
