package org.jacana.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The frame of a record in TensorFlow's files: length, its checksum, the bytes, their checksum.
 *
 * <p>Source: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
final class TfRecord {
  /** Length and its checksum. */
  static final int HEAD = 12;

  /** The checksum of the bytes. */
  static final int TAIL = 4;

  private TfRecord() {}

  /** CRC-32C rotated right by 15 bits plus a constant. */
  static int masked(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  static byte[] framed(byte[] content) {
    ByteBuffer b = ByteBuffer.allocate(HEAD + content.length + TAIL).order(ByteOrder.LITTLE_ENDIAN);
    b.putLong(content.length).putInt(masked(b.array(), 0, 8));
    return b.put(content).putInt(masked(content, 0, content.length)).array();
  }
}
