package org.jacana.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.jacana.data.FormatException;

/** Reads the records of one event file. */
final class EventReader {
  static final String FIX = "the file is damaged or no TensorBoard event file: log again";

  /** A record is held whole; an event of more than this is none. */
  private static final int LONGEST = 1 << 30;

  private final String file;
  private final FileChannel in;
  private final boolean torn;
  private long left;

  EventReader(String file, FileChannel in, boolean torn) {
    this.file = file;
    this.in = in;
    this.torn = torn;
  }

  EventFile read() throws IOException {
    left = in.size();
    List<EventFile.Event> events = new ArrayList<>();
    EventParser parser = new EventParser(file, events);
    boolean first = true;
    while (left > 0) {
      byte[] record = record();
      if (record == null) {
        return new EventFile(events, false);
      }
      parser.event(record, first);
      first = false;
    }
    if (first && !torn) {
      throw error("an event that tells the version", "an empty file");
    }
    return new EventFile(events, !first);
  }

  /** The next record's content, or null where the file's end cuts it. */
  private byte[] record() throws IOException {
    if (left < TfRecord.HEAD) {
      return cut(TfRecord.HEAD);
    }
    ByteBuffer head = take(TfRecord.HEAD);
    long length = head.getLong(0);
    if (TfRecord.masked(head.array(), 0, 8) != head.getInt(8)) {
      throw error("the checksum of a record's length", "another");
    }
    if (length < 0 || length > LONGEST) {
      throw error("records of at most " + LONGEST + " bytes", Long.toUnsignedString(length));
    }
    if (length + TfRecord.TAIL > left) {
      return cut(length + TfRecord.TAIL);
    }
    byte[] content = take((int) length).array();
    if (TfRecord.masked(content, 0, content.length) != take(TfRecord.TAIL).getInt(0)) {
      throw error("the checksum of a record", "another");
    }
    return content;
  }

  private byte[] cut(long wanted) throws FormatException {
    if (torn) {
      return null;
    }
    throw new FormatException(
        file,
        "a record's next " + wanted + " bytes",
        left + " bytes",
        "its writer was stopped: EventFile.readTorn reads what is whole");
  }

  private ByteBuffer take(int n) throws IOException {
    ByteBuffer b = ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
    while (b.hasRemaining()) {
      if (in.read(b) < 0) {
        throw error(b.remaining() + " more bytes", "the end of the file");
      }
    }
    left -= n;
    return b.rewind();
  }

  private FormatException error(String expected, String found) {
    return new FormatException(file, expected, found, FIX);
  }
}
