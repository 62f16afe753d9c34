package org.jacana.io.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jacana.data.FormatException;

/**
 * A strict, bounded reader of protobuf messages in memory. Data is not copied; a field that may
 * stand once must not stand twice; groups, which ONNX never had, are refused.
 */
final class Fields {
  static final String FIX =
      "the file is damaged, of another kind, or uses what is not supported: export it again";

  private static final int DEEPEST = 64;
  private static final int MOST_PARTS = 1_000_000;
  private static final int MOST_NUMBERS = 1 << 24;

  private final CodedInputStream in;
  private final String file;
  private final int size;
  private int depth;
  private int parts;
  private int numbers;

  // Of the message that is being read:
  private String message;
  private long seen;
  private int number;
  private int wire;

  /** Reads the current field, or returns false to skip it. */
  interface Handler {
    boolean read(int number) throws IOException;
  }

  private Fields(String file, byte[] bytes) {
    this.file = file;
    size = bytes.length;
    in = CodedInputStream.newInstance(bytes);
    in.enableAliasing(true);
    in.setRecursionLimit(DEEPEST);
  }

  /** Makes a reader's parser of a file's fields from the reader. */
  interface Parser<T> {
    T parse(Fields fields) throws IOException;
  }

  /**
   * Parses a file.
   *
   * @throws FormatException if it is not what the parser asks for
   */
  static <T> T parse(String file, byte[] bytes, Parser<T> parser) throws FormatException {
    try {
      return parser.parse(new Fields(file, bytes));
    } catch (FormatException e) {
      throw e;
    } catch (InvalidProtocolBufferException e) {
      String what = e.getMessage() == null ? "something else" : e.getMessage().split("\\R", 2)[0];
      throw new FormatException(file, "protobuf messages of ONNX", what, FIX);
    } catch (IOException e) {
      throw new FormatException(file, "a readable file", String.valueOf(e.getMessage()), FIX);
    }
  }

  FormatException error(String expected, String found) {
    return new FormatException(file, expected, found, FIX);
  }

  /** Reads fields up to the end of the message. */
  void each(String what, Handler handler) throws IOException {
    String outerMessage = message;
    long outerSeen = seen;
    message = what;
    seen = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      number = WireFormat.getTagFieldNumber(tag);
      wire = WireFormat.getTagWireType(tag);
      if (wire == WireFormat.WIRETYPE_START_GROUP || wire == WireFormat.WIRETYPE_END_GROUP) {
        throw error("no groups in " + what, "one as field " + number);
      }
      if (!handler.read(number)) {
        in.skipField(tag);
      }
    }
    message = outerMessage;
    seen = outerSeen;
  }

  private void count() throws FormatException {
    if (++parts > MOST_PARTS) {
      throw error("at most " + MOST_PARTS + " nodes, names and attributes", "more");
    }
  }

  private void require(int type) throws FormatException {
    if (wire != type) {
      throw error(message + " with field " + number + " of wire type " + type, "type " + wire);
    }
  }

  /** Throws when the current field was there before. */
  private void once() throws FormatException {
    long bit = 1L << Math.min(number, 63);
    if (number < 63 && (seen & bit) != 0) {
      throw error(message + " with field " + number + " once", "it twice");
    }
    seen |= bit;
  }

  String text() throws IOException {
    once();
    return repeatedText();
  }

  String repeatedText() throws IOException {
    require(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    count();
    return in.readStringRequireUtf8();
  }

  long integer() throws IOException {
    once();
    require(WireFormat.WIRETYPE_VARINT);
    return in.readInt64();
  }

  float number() throws IOException {
    once();
    require(WireFormat.WIRETYPE_FIXED32);
    return in.readFloat();
  }

  /** The bytes of a field, not copied. */
  ByteBuffer data() throws IOException {
    once();
    return repeatedData();
  }

  ByteBuffer repeatedData() throws IOException {
    require(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    count();
    return in.readByteBuffer();
  }

  void message(String what, Handler handler) throws IOException {
    once();
    repeatedMessage(what, handler);
  }

  void repeatedMessage(String what, Handler handler) throws IOException {
    require(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    count();
    if (++depth > DEEPEST) {
      throw error("messages at most " + DEEPEST + " deep", "deeper ones");
    }
    int limit = in.pushLimit(in.readRawVarint32());
    each(what, handler);
    in.checkLastTagWas(0);
    in.popLimit(limit);
    depth--;
  }

  /** Adds integers to a list, packed or not. */
  void integers(Longs to) throws IOException {
    if (wire == WireFormat.WIRETYPE_VARINT) {
      add(to, in.readInt64());
      return;
    }
    require(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int limit = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      add(to, in.readInt64());
    }
    in.popLimit(limit);
  }

  private void add(Longs to, long value) throws FormatException {
    if (++numbers > MOST_NUMBERS) {
      throw error("at most " + MOST_NUMBERS + " integers outside of raw_data", "more");
    }
    to.add(value);
  }

  /** Adds numbers of fixed width, 4 or 8 bytes, as their bytes, packed or not. */
  void fixed(Chunks to, int width) throws IOException {
    int single = width == 4 ? WireFormat.WIRETYPE_FIXED32 : WireFormat.WIRETYPE_FIXED64;
    if (wire == single) {
      to.add(width == 4 ? in.readRawLittleEndian32() : in.readRawLittleEndian64(), width);
      return;
    }
    require(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    ByteBuffer b = in.readByteBuffer();
    if (b.remaining() % width != 0) {
      throw error(message + " with numbers of " + width + " bytes", b.remaining() + " bytes");
    }
    to.add(b);
  }

  /** The file's length in bytes. */
  int size() {
    return size;
  }
}
