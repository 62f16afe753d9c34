package org.jacana.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jacana.DType;
import org.jacana.data.FormatException;

/** The elements of an npy file as ours: little-endian, row-major, of a type we have. */
final class NpyData {
  private NpyData() {}

  /** The array of a header and its bytes; the bytes may be used up. */
  static StoredTensor tensor(String file, NpyHeader h, ByteBuffer bytes) throws FormatException {
    ByteBuffer from = bytes.order(h.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    DType dtype = h.element().dtype();
    if (dtype == DType.BOOL) {
      requireBits(file, from);
    }
    boolean rows = !h.fortran() || h.shape().rank() < 2;
    if (rows && !h.element().converted() && (!h.bigEndian() || dtype.bytes() == 1)) {
      return new StoredTensor(dtype, h.shape(), from);
    }
    ByteBuffer to =
        ByteBuffer.allocate(Math.toIntExact(h.shape().size() * dtype.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    int[] dims = h.shape().dims();
    int[] stride = strides(dims, rows);
    int[] place = new int[dims.length];
    int source = 0;
    for (int i = 0; i < h.shape().size(); i++) {
      copy(file, h, from, source * h.element().width(), to);
      for (int a = dims.length - 1; a >= 0; a--) {
        source += stride[a];
        if (++place[a] < dims[a]) {
          break;
        }
        source -= stride[a] * dims[a];
        place[a] = 0;
      }
    }
    return new StoredTensor(dtype, h.shape(), to.flip());
  }

  /** Of the file's axes, in elements. */
  private static int[] strides(int[] dims, boolean rows) {
    int[] stride = new int[dims.length];
    int step = 1;
    for (int i = 0; i < dims.length; i++) {
      int a = rows ? dims.length - 1 - i : i;
      stride[a] = step;
      step *= dims[a];
    }
    return stride;
  }

  private static void copy(String file, NpyHeader h, ByteBuffer from, int at, ByteBuffer to)
      throws FormatException {
    switch (h.element().dtype()) {
      case F64 -> to.putLong(from.getLong(at));
      case F32 -> to.putInt(from.getInt(at));
      case F16 -> to.putShort(from.getShort(at));
      case I32 -> to.putInt(integer(file, h.element(), from, at));
      default -> to.put(from.get(at));
    }
  }

  private static int integer(String file, NpyElement e, ByteBuffer from, int at)
      throws FormatException {
    long v = e.integer(from, at);
    if (v != (int) v || (e == NpyElement.U8 && v < 0)) {
      String shown = e == NpyElement.U8 ? Long.toUnsignedString(v) : Long.toString(v);
      throw new FormatException(
          file,
          "integers that 32 bits hold",
          e.code() + " element " + shown,
          "save it as f8 if it is a quantity");
    }
    return (int) v;
  }

  private static void requireBits(String file, ByteBuffer bytes) throws FormatException {
    for (int i = 0; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0 && bytes.get(i) != 1) {
        throw new FormatException(
            file, "b1 elements 0 or 1", Integer.toString(bytes.get(i) & 255), NpyHeader.FIX);
      }
    }
  }
}
