package micromegas.lakehouse.blocks;

import micromegas.transit.RecordLayout;
import micromegas.transit.TypeTable;

/// The event of image streams (`wire.md` 6.8).
final class ImageEvents implements EventTypes<EventFields> {
  static final byte IMAGE = EventFields.FIRST_READER;

  @Override
  public EventFields resolve(RecordLayout type, TypeTable objects) {
    if (type.size() == 0 && type.name().equals("ImageEvent")) {
      return new EventFields(IMAGE);
    }
    type.requireReadable();
    return new EventFields(EventFields.UNKNOWN);
  }
}
