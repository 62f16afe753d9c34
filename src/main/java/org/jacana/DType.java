package org.jacana;

/** The type of a tensor's elements, ordered so that the earlier of two types wins a promotion. */
public enum DType {
  F64(8, true),
  F32(4, true),
  /** IEEE half precision: storage and casts; arithmetic goes through float. */
  F16(2, true),
  /** bfloat16: storage and casts; arithmetic goes through float. */
  BF16(2, true),
  I32(4, false),
  /** Unsigned 8-bit, 0 to 255. */
  U8(1, false),
  /** One byte, 0 or 1. */
  BOOL(1, false);

  private final int bytes;
  private final boolean floating;

  DType(int bytes, boolean floating) {
    this.bytes = bytes;
    this.floating = floating;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloat() {
    return floating;
  }

  /** The type of {@code a op b} (PyTorch's rule: F16 with BF16 gives F32). */
  public static DType promote(DType a, DType b) {
    if ((a == F16 && b == BF16) || (a == BF16 && b == F16)) {
      return F32;
    }
    return a.ordinal() <= b.ordinal() ? a : b;
  }

  /** This type when it is a float type, else F32: what exp, division or a mean of it gives. */
  public DType toFloat() {
    return floating ? this : F32;
  }
}
