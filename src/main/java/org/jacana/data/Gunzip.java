package org.jacana.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes gzip (RFC 1952) strictly: checksum and length of each member are verified, and bytes
 * after the last member are refused, which {@link java.util.zip.GZIPInputStream} lets pass.
 */
final class Gunzip extends InputStream {
  private static final String FIX = "the file is damaged: copy or download it again";
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final String file;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 15];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private int position;
  private int limit;
  private boolean ended;

  /** Reads from {@code in}, which the caller closes. */
  Gunzip(String file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /** Reads the header of the first member. */
  Gunzip start() throws IOException {
    header();
    return this;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      int n = inflate(target, offset, length);
      if (n > 0) {
        crc.update(target, offset, n);
        return n;
      }
      if (inflater.finished()) {
        nextMember();
      } else if (inflater.needsInput() && fill()) {
        inflater.setInput(buffer, position, limit - position);
      } else {
        throw truncated();
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws FormatException {
    try {
      return inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      FormatException thrown =
          new FormatException(file, "a valid gzip stream", "bad deflate data", FIX);
      thrown.initCause(e);
      throw thrown;
    }
  }

  private void nextMember() throws IOException {
    position = limit - inflater.getRemaining();
    check("gzip checksum", crc.getValue(), littleEndian(4));
    check("gzip length", inflater.getBytesWritten() & 0xffffffffL, littleEndian(4));
    if (position < limit || fill()) {
      inflater.reset();
      header();
    } else {
      ended = true;
    }
  }

  private void header() throws IOException {
    crc.reset();
    int magic = headerByte() << 8 | headerByte();
    if (magic != 0x1f8b) {
      throw new FormatException(
          file, "the end of the gzip data or another gzip member", "other bytes after it", FIX);
    }
    int method = headerByte();
    int flags = headerByte();
    if (method != 8 || (flags & RESERVED) != 0) {
      throw new FormatException(
          file,
          "gzip method 8 without reserved flags",
          String.format("method %d and flags 0x%02x", method, flags),
          FIX);
    }
    for (int i = 0; i < 6; i++) {
      headerByte();
    }
    if ((flags & EXTRA) != 0) {
      for (int left = headerByte() | headerByte() << 8; left > 0; left--) {
        headerByte();
      }
    }
    skipText(flags & NAME);
    skipText(flags & COMMENT);
    if ((flags & HEADER_CRC) != 0) {
      long computed = crc.getValue() & 0xffff;
      check("gzip header checksum", computed, littleEndian(2));
    }
    crc.reset();
    inflater.setInput(buffer, position, limit - position);
  }

  private void skipText(int flag) throws IOException {
    while (flag != 0 && headerByte() != 0) {
      // The text itself is of no interest.
    }
  }

  private void check(String what, long computed, long stored) throws FormatException {
    if (computed != stored) {
      throw new FormatException(
          file,
          String.format("%s 0x%x as stored", what, stored),
          String.format("0x%x", computed),
          FIX);
    }
  }

  private int headerByte() throws IOException {
    int value = nextByte();
    crc.update(value);
    return value;
  }

  private long littleEndian(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) nextByte() << 8 * i;
    }
    return value;
  }

  private int nextByte() throws IOException {
    if (position == limit && !fill()) {
      throw truncated();
    }
    return buffer[position++] & 255;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer, 0, buffer.length));
    return limit > 0;
  }

  private FormatException truncated() {
    return new FormatException(file, "a complete gzip stream", "an end in the middle", FIX);
  }

  @Override
  public void close() {
    inflater.end();
  }
}
