package org.jacana.data;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Checks a PNG file's frame, which Java's reader does not: every chunk whole with a matching
 * checksum, up to the end chunk (W3C, "Portable Network Graphics Specification").
 */
final class PngChunks {
  private static final long SIGNATURE = 0x89504e470d0a1a0aL;
  private static final int END = 0x49454e44;

  private PngChunks() {}

  static boolean isPng(byte[] file) {
    return file.length >= 8 && ByteBuffer.wrap(file).getLong() == SIGNATURE;
  }

  /** What is wrong; null if nothing is. */
  static String damage(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file, 8, file.length - 8);
    CRC32 crc = new CRC32();
    while (in.remaining() >= 12) {
      int at = in.position();
      int length = in.getInt();
      if (length < 0 || length > in.remaining() - 8) {
        return "a chunk of " + Integer.toUnsignedString(length) + " bytes at byte " + at;
      }
      crc.reset();
      crc.update(file, in.position(), 4 + length);
      int type = in.getInt();
      in.position(in.position() + length);
      if (in.getInt() != (int) crc.getValue()) {
        return "a wrong checksum of the chunk at byte " + at;
      }
      if (type == END) {
        return null;
      }
    }
    return "an end after " + file.length + " bytes";
  }
}
