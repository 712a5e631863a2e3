package micromegas.otlp.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/// UUIDs of version 5 (RFC 9562, 5.5): SHA-1 over a namespace and a name that is given in parts.
/// Used by one thread for one name.
final class NameUuid {
  private final MessageDigest digest;

  NameUuid(UUID namespace) {
    try {
      digest = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
    digest.update(
        ByteBuffer.allocate(16)
            .putLong(namespace.getMostSignificantBits())
            .putLong(namespace.getLeastSignificantBits())
            .flip());
  }

  NameUuid with(String part) {
    digest.update(part.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  NameUuid with(byte[] part) {
    digest.update(part);
    return this;
  }

  UUID uuid() {
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    long high = hash.getLong() & ~0xf000L | 0x5000L;
    long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
