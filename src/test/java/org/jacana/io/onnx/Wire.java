package org.jacana.io.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Protobuf byte by byte, written from the wire format's description and knowing nothing of our
 * writer: the other side in tests of our reader.
 */
final class Wire {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] bytes() {
    return out.toByteArray();
  }

  Wire varint(long v) {
    long rest = v;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  Wire tag(int field, int type) {
    return varint((long) field << 3 | type);
  }

  Wire integer(int field, long v) {
    return tag(field, 0).varint(v);
  }

  Wire bytes(int field, byte[] b) {
    tag(field, 2).varint(b.length);
    out.writeBytes(b);
    return this;
  }

  Wire raw(byte... b) {
    out.writeBytes(b);
    return this;
  }

  Wire text(int field, String s) {
    return bytes(field, s.getBytes(StandardCharsets.UTF_8));
  }

  Wire message(int field, Wire m) {
    return bytes(field, m.bytes());
  }

  Wire number(int field, float v) {
    tag(field, 5);
    out.writeBytes(little(4 /* bytes */).putFloat(v).array());
    return this;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  // ---- ONNX ----

  /** A FLOAT tensor in raw_data. */
  static Wire tensor(String name, int[] dims, float... v) {
    ByteBuffer b = little(4 * v.length);
    b.asFloatBuffer().put(v);
    return head(name, dims, 1).bytes(9, b.array());
  }

  /** An INT64 tensor in raw_data. */
  static Wire longs(String name, int[] dims, long... v) {
    ByteBuffer b = little(8 * v.length);
    b.asLongBuffer().put(v);
    return head(name, dims, 7).bytes(9, b.array());
  }

  /** Dims unpacked, type and name. */
  static Wire head(String name, int[] dims, int type) {
    Wire t = new Wire();
    for (int d : dims) {
      t.integer(1, d);
    }
    return t.integer(2, type).text(8, name);
  }

  static Wire attribute(String name, Object value) {
    Wire a = new Wire().text(1, name);
    if (value instanceof Integer i) {
      return a.integer(3, i).integer(20, 2);
    } else if (value instanceof Double d) {
      return a.number(2, d.floatValue()).integer(20, 1);
    } else if (value instanceof String s) {
      return a.text(4, s).integer(20, 3);
    } else if (value instanceof Wire t) {
      return a.message(5, t).integer(20, 4);
    } else if (value instanceof int[] v) {
      Arrays.stream(v).forEach(x -> a.integer(8, x));
      return a.integer(20, 7);
    } else if (value instanceof String[] v) {
      Arrays.stream(v).forEach(x -> a.text(9, x));
      return a.integer(20, 8);
    } else if (value instanceof float[] v) {
      for (float x : v) {
        a.number(7, x);
      }
      return a.integer(20, 6);
    }
    throw new AssertionError(value);
  }

  /** A value with its type; open extents are -1 and named. */
  static Wire value(String name, int type, int... dims) {
    Wire shape = new Wire();
    for (int i = 0; i < dims.length; i++) {
      shape.message(
          1, dims[i] < 0 ? new Wire().text(2, "batch_" + i) : new Wire().integer(1, dims[i]));
    }
    Wire tensor = new Wire().integer(1, type).message(2, shape);
    return new Wire().text(1, name).message(2, new Wire().message(1, tensor));
  }
}
