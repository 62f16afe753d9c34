package org.jacana.io;

import java.nio.ByteBuffer;
import java.util.Locale;
import org.jacana.DType;

/** How npy stores an element, and the type that it becomes. */
enum NpyElement {
  F8(DType.F64, 8),
  F4(DType.F32, 4),
  F2(DType.F16, 2),
  I8(DType.I32, 8),
  I4(DType.I32, 4),
  I2(DType.I32, 2),
  I1(DType.I32, 1),
  U8(DType.I32, 8),
  U4(DType.I32, 4),
  U2(DType.I32, 2),
  U1(DType.U8, 1),
  B1(DType.BOOL, 1);

  private final DType dtype;
  private final int width;

  NpyElement(DType dtype, int width) {
    this.dtype = dtype;
    this.width = width;
  }

  DType dtype() {
    return dtype;
  }

  /** Bytes of one element in the file. */
  int width() {
    return width;
  }

  /** Kind and width, such as f4. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** NumPy's descr of the little-endian form. */
  String descr() {
    return (width == 1 ? "|" : "<") + code();
  }

  /** Whether the elements are integers that I32 holds in another width. */
  boolean converted() {
    return dtype == DType.I32 && this != I4;
  }

  /** The integer at a place; one above 2^63 as a negative number. */
  long integer(ByteBuffer from, int at) {
    return switch (this) {
      case I8, U8 -> from.getLong(at);
      case I4 -> from.getInt(at);
      case U4 -> from.getInt(at) & 0xFFFFFFFFL;
      case I2 -> from.getShort(at);
      case U2 -> from.getShort(at) & 0xFFFF;
      case I1 -> from.get(at);
      default -> from.get(at) & 255;
    };
  }

  /** The element that a type is written as. */
  static NpyElement of(DType dtype) {
    return switch (dtype) {
      case F64 -> F8;
      case F32 -> F4;
      case F16 -> F2;
      case I32 -> I4;
      case U8 -> U1;
      case BOOL -> B1;
      case BF16 ->
          throw new IllegalArgumentException(
              "npy: the format has no BF16; cast with to(DType.F32), which keeps every value");
    };
  }
}
