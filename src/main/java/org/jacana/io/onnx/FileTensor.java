package org.jacana.io.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.data.FormatException;
import org.jacana.io.StoredTensor;

/**
 * A tensor of a file, checked: as many elements as its shape has.
 *
 * @param raw the elements, little-endian
 */
record FileTensor(String name, ElementType type, Shape shape, ByteBuffer raw) {
  private static final int MOST_AXES = 32;

  /** Reads a TensorProto whose fields come next. */
  static Parsing parsing(Fields in) {
    return new Parsing(in);
  }

  FileTensor named(String newName) {
    return new FileTensor(newName, type, shape, raw);
  }

  /** The values of an integer tensor. */
  long[] integers() {
    ByteBuffer b = raw.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long[] v = new long[Math.toIntExact(shape.size())];
    for (int i = 0; i < v.length; i++) {
      v[i] =
          switch (type) {
            case INT64 -> b.getLong();
            case INT32 -> b.getInt();
            case INT16 -> b.getShort();
            case UINT16 -> b.getShort() & 0xffff;
            case INT8 -> b.get();
            case UINT8, BOOL -> b.get() & 0xff;
            default -> throw new IllegalStateException(type + " has no integers");
          };
    }
    return v;
  }

  /** The elements as one of our tensors has them; integers of 64 bits must fit 32. */
  StoredTensor stored() {
    if (type.dtype.bytes() == type.bytes) {
      return new StoredTensor(type.dtype, shape, raw.duplicate());
    }
    return Whole.of(this).stored();
  }

  /** The only value of a float tensor with one element. */
  double number() {
    ByteBuffer b = raw.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return switch (type) {
      case FLOAT -> b.getFloat();
      case DOUBLE -> b.getDouble();
      case BFLOAT16 -> Float.intBitsToFloat(b.getShort() << 16);
      case FLOAT16 -> half(b.getShort());
      default -> integers()[0];
    };
  }

  private static double half(short bits) {
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    double size =
        exponent == 0
            ? fraction * 0x1p-24
            : exponent == 31
                ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : (1024 + fraction) * Math.pow(2, exponent - 25);
    return bits < 0 ? -size : size;
  }

  /** The numbers of a float tensor. */
  double[] numbers() {
    double[] v = new double[Math.toIntExact(shape.size())];
    for (int i = 0; i < v.length; i++) {
      ByteBuffer one = raw.duplicate().position(raw.position() + i * type.bytes).slice();
      v[i] = new FileTensor(name, type, Shape.scalar(), one).number();
    }
    return v;
  }

  /** The fields of a TensorProto as they come. */
  static final class Parsing {
    private final Fields in;
    private final Longs dims = new Longs();
    private long code;
    private String name = "";
    private ByteBuffer raw;
    private final Chunks floats = new Chunks();
    private final Chunks doubles = new Chunks();
    private final Longs ints = new Longs();
    private final Longs longs = new Longs();
    private boolean external;
    private boolean other;

    private Parsing(Fields in) {
      this.in = in;
    }

    boolean read(int field) throws IOException {
      switch (field) {
        case 1 -> in.integers(dims);
        case 2 -> code = in.integer();
        case 3 -> other = true;
        case 4 -> in.fixed(floats, 4);
        case 5 -> in.integers(ints);
        case 6, 11 -> other = true;
        case 7 -> in.integers(longs);
        case 8 -> name = in.text();
        case 9 -> raw = in.data();
        case 10 -> in.fixed(doubles, 8);
        case 13 -> external = true;
        case 14 -> external |= in.integer() != 0;
        default -> {
          return false;
        }
      }
      return field != 3 && field != 6 && field != 11 && field != 13;
    }

    FileTensor done() throws FormatException {
      String who = "tensor " + OnnxFile.shown(name);
      if (external) {
        throw in.error(
            "weights inside the file", who + " in another file; save the model in one file");
      }
      ElementType type = ElementType.of(code).orElse(null);
      if (type == null || other) {
        throw in.error(
            "elements of " + Arrays.toString(ElementType.values()) + " for " + who,
            type == null ? "type " + code : "data of another kind");
      }
      Shape shape = shape(who);
      ByteBuffer data = data(who, type, shape.size());
      long wanted = shape.size() * type.bytes;
      if (data.remaining() != wanted) {
        throw in.error(
            wanted + " bytes for " + who + " (" + type + " " + shape + ")",
            data.remaining() + " bytes");
      }
      if (type == ElementType.BOOL) {
        for (int i = data.position(); i < data.limit(); i++) {
          if (data.get(i) != 0 && data.get(i) != 1) {
            throw in.error("BOOL elements 0 or 1 in " + who, Integer.toString(data.get(i) & 255));
          }
        }
      }
      return new FileTensor(name, type, shape, data);
    }

    private Shape shape(String who) throws FormatException {
      long[] d = dims.toArray();
      if (d.length > MOST_AXES) {
        throw in.error("at most " + MOST_AXES + " axes for " + who, Integer.toString(d.length));
      }
      int[] out = new int[d.length];
      long size = 1;
      for (int i = 0; i < d.length; i++) {
        if (d[i] < 0 || d[i] > Integer.MAX_VALUE) {
          throw in.error("axes of 0 to 2^31 - 1 for " + who, Long.toString(d[i]));
        }
        out[i] = (int) d[i];
        // Extents of 0 do not excuse the others.
        size =
            Math.max(1, d[i]) > Integer.MAX_VALUE / size
                ? Long.MAX_VALUE
                : size * Math.max(1, d[i]);
        if (size == Long.MAX_VALUE) {
          throw in.error("fewer than 2^31 elements for " + who, "shape " + Arrays.toString(d));
        }
      }
      return Shape.of(out);
    }

    /** The elements from whichever field has them. */
    private ByteBuffer data(String who, ElementType type, long count) throws FormatException {
      int kinds =
          (raw != null ? 1 : 0)
              + (floats.isEmpty() ? 0 : 1)
              + (doubles.isEmpty() ? 0 : 1)
              + (ints.size() > 0 ? 1 : 0)
              + (longs.size() > 0 ? 1 : 0);
      if (kinds > 1) {
        throw in.error("the elements of " + who + " in one field", "them in " + kinds);
      }
      if (raw != null) {
        return raw;
      }
      if (kinds == 0) {
        return ByteBuffer.allocate(0);
      }
      boolean fits =
          switch (type) {
            case FLOAT -> !floats.isEmpty();
            case DOUBLE -> !doubles.isEmpty();
            case INT64 -> longs.size() > 0;
            default -> ints.size() > 0;
          };
      if (!fits) {
        throw in.error(who + " of " + type + " in the field for it", "another field");
      }
      if (type == ElementType.FLOAT || type == ElementType.DOUBLE) {
        return (type == ElementType.FLOAT ? floats : doubles).toBuffer();
      }
      long[] v = (type == ElementType.INT64 ? longs : ints).toArray();
      if (v.length != count) {
        throw in.error(count + " elements for " + who, v.length + "");
      }
      return narrowed(who, type, v);
    }

    private ByteBuffer narrowed(String who, ElementType type, long[] v) throws FormatException {
      ByteBuffer b = ByteBuffer.allocate(v.length * type.bytes).order(ByteOrder.LITTLE_ENDIAN);
      boolean unsigned =
          type != ElementType.INT8 && type != ElementType.INT16 && type != ElementType.INT32;
      long most =
          type.bytes == 8 ? Long.MAX_VALUE : (1L << 8 * type.bytes - (unsigned ? 0 : 1)) - 1;
      long least = type.bytes == 8 ? Long.MIN_VALUE : unsigned ? 0 : -most - 1;
      for (long x : v) {
        if (x < least || x > most) {
          throw in.error(type + " elements in " + who, Long.toString(x));
        }
        switch (type.bytes) {
          case 1 -> b.put((byte) x);
          case 2 -> b.putShort((short) x);
          case 4 -> b.putInt((int) x);
          default -> b.putLong(x);
        }
      }
      return b.flip();
    }
  }

  /** Whether elements are of a type that is held as a tensor rather than as integers. */
  boolean isTensor() {
    return type.isFloat() || type.dtype == DType.BOOL || type.dtype == DType.U8;
  }
}
