package org.jacana.backend.cpu;

import java.util.Arrays;

/** Arrays of one number, made when first asked for and kept. */
final class Constants {
  /** Floats of each: a chunk that stays in the second-level cache beside two or three others. */
  static final int LENGTH = 1 << 16;

  private Constants() {}

  private static final class Zeros {
    static final long ADDRESS = filled(0);
  }

  /** The address of zeros. */
  static long zeros() {
    return Zeros.ADDRESS;
  }

  private static final class Ones {
    static final long ADDRESS = filled(1);
  }

  /** The address of ones. */
  static long ones() {
    return Ones.ADDRESS;
  }

  private static long filled(float value) {
    long address = Native.allocate(4L * LENGTH);
    float[] values = new float[LENGTH];
    Arrays.fill(values, value);
    Native.view(address, 4L * LENGTH).asFloatBuffer().put(values);
    return address;
  }
}
