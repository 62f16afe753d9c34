package org.jacana.io.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** A protobuf message that is being written, field by field; large data is not copied. */
final class Message {
  private ByteString content = ByteString.EMPTY;

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private Message add(int size, Writing f) {
    byte[] bytes = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      f.to(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    content = content.concat(UnsafeByteOperations.unsafeWrap(bytes));
    return this;
  }

  Message text(int field, String value) {
    return add(CodedOutputStream.computeStringSize(field, value), o -> o.writeString(field, value));
  }

  Message integer(int field, long value) {
    return add(CodedOutputStream.computeInt64Size(field, value), o -> o.writeInt64(field, value));
  }

  Message number(int field, float value) {
    return add(CodedOutputStream.computeFloatSize(field, value), o -> o.writeFloat(field, value));
  }

  Message message(int field, Message value) {
    return bytes(field, value.content);
  }

  Message data(int field, ByteBuffer value) {
    return bytes(field, UnsafeByteOperations.unsafeWrap(value));
  }

  /**
   * @throws ArithmeticException if the message would be longer than 2^31 - 1 bytes
   */
  private Message bytes(int field, ByteString value) {
    int length = CodedOutputStream.computeTagSize(field);
    length += CodedOutputStream.computeUInt32SizeNoTag(value.size());
    add(
        length,
        o -> {
          o.writeTag(field, 2);
          o.writeUInt32NoTag(value.size());
        });
    Math.addExact(content.size(), value.size());
    content = content.concat(value);
    return this;
  }

  /** All fields of another message after those of this one. */
  Message append(Message other) {
    Math.addExact(content.size(), other.content.size());
    content = content.concat(other.content);
    return this;
  }

  ByteString content() {
    return content;
  }
}
