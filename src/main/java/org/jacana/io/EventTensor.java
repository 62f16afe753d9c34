package org.jacana.io;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The tensors in newer event files: scalars and texts. */
final class EventTensor {
  private static final int FLOAT = 1;
  private static final int DOUBLE = 2;
  private static final int STRING = 7;

  private long dtype;
  private byte[] content = new byte[0];
  private byte[] floats = new byte[0];
  private byte[] doubles = new byte[0];
  private final List<String> strings = new ArrayList<>();

  private EventTensor() {}

  /** A scalar of one float or double, a text of strings, else {@code Other}. */
  static EventFile.Value value(byte[] message, String plugin) throws IOException {
    EventTensor t = new EventTensor();
    t.read(message);
    boolean scalar = plugin.isEmpty() || plugin.equals("scalars");
    if (scalar && t.dtype == FLOAT) {
      byte[] one = t.content.length > 0 ? t.content : t.floats;
      if (one.length == 4) {
        return new EventFile.Scalar(little(one).getFloat());
      }
    }
    if (scalar && t.dtype == DOUBLE) {
      byte[] one = t.content.length > 0 ? t.content : t.doubles;
      if (one.length == 8) {
        return new EventFile.Scalar(little(one).getDouble());
      }
    }
    boolean text = plugin.isEmpty() || plugin.equals("text");
    return text && t.dtype == STRING && !t.strings.isEmpty()
        ? new EventFile.Text(String.join("\n", t.strings))
        : new EventFile.Other(plugin);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void read(byte[] message) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      int wire = WireFormat.getTagWireType(tag);
      boolean bytes = wire == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (number == 1 && wire == WireFormat.WIRETYPE_VARINT) {
        dtype = in.readInt64();
      } else if (number == 4 && bytes) {
        content = in.readByteArray();
      } else if (number == 5 && (bytes || wire == WireFormat.WIRETYPE_FIXED32)) {
        floats = bytes ? in.readByteArray() : in.readRawBytes(4);
      } else if (number == 6 && (bytes || wire == WireFormat.WIRETYPE_FIXED64)) {
        doubles = bytes ? in.readByteArray() : in.readRawBytes(8);
      } else if (number == 8 && bytes) {
        strings.add(new String(in.readByteArray(), StandardCharsets.UTF_8));
      } else if (!in.skipField(tag)) {
        throw new InvalidProtocolBufferException("an end of a group that did not begin");
      }
    }
  }
}
