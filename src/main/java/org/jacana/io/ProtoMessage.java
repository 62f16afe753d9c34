package org.jacana.io;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Bytes of a protocol buffers message, field by field; a field of its default value is written. */
final class ProtoMessage {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

  private interface Write {
    void run() throws IOException;
  }

  private ProtoMessage write(Write what) {
    try {
      what.run();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ProtoMessage put(int field, long value) {
    return write(() -> out.writeInt64(field, value));
  }

  ProtoMessage put(int field, boolean value) {
    return write(() -> out.writeBool(field, value));
  }

  ProtoMessage put(int field, double value) {
    return write(() -> out.writeDouble(field, value));
  }

  ProtoMessage put(int field, float value) {
    return write(() -> out.writeFloat(field, value));
  }

  /** In UTF-8; a lone surrogate becomes a question mark. */
  ProtoMessage put(int field, String value) {
    return put(field, value.getBytes(StandardCharsets.UTF_8));
  }

  ProtoMessage put(int field, byte[] value) {
    return write(() -> out.writeByteArray(field, value));
  }

  ProtoMessage put(int field, ProtoMessage value) {
    return put(field, value.bytes());
  }

  /** Packed. */
  ProtoMessage put(int field, double[] values) {
    ProtoMessage packed = new ProtoMessage();
    return write(
        () -> {
          for (double v : values) {
            packed.out.writeDoubleNoTag(v);
          }
          out.writeByteArray(field, packed.bytes());
        });
  }

  byte[] bytes() {
    write(out::flush);
    return bytes.toByteArray();
  }
}
