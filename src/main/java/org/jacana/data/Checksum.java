package org.jacana.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, which every Java platform must offer. */
final class Checksum {
  private Checksum() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /**
   * Of the shape of the inputs and the target as text, then of each example: its input, its class
   * or its values, as big-endian 32-bit numbers.
   */
  static String of(Dataset data) throws IOException {
    MessageDigest digest = sha256();
    Target target = data.target();
    String head = data.count() + " " + data.inputShape() + " " + target;
    digest.update(head.getBytes(StandardCharsets.UTF_8));
    float[] x = new float[Math.toIntExact(data.inputShape().size())];
    float[] y = new float[target.size()];
    ByteBuffer bytes = ByteBuffer.allocate(4 * (x.length + y.length + 1));
    for (int i = 0; i < data.count(); i++) {
      bytes.clear();
      data.read(i, x, 0);
      bytes.asFloatBuffer().put(x);
      bytes.position(4 * x.length);
      if (target.isClass()) {
        bytes.putInt(data.label(i));
      } else {
        data.values(i, y, 0);
        bytes.asFloatBuffer().put(y);
        bytes.position(4 * (x.length + y.length));
      }
      digest.update(bytes.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
