package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;

/** Native float arrays for tests, freed together; guard bytes around each are checked then. */
final class Memory implements AutoCloseable {
  private static final int GUARD = 64;
  private static final byte MARK = 0x5a;

  private record Block(long start, int bytes) {}

  private final List<Block> blocks = new ArrayList<>();
  private final Random random;

  Memory(long seed) {
    Assumptions.assumeTrue(Native.available(), () -> "no oneDNN here: " + Native.reason());
    random = new Random(seed);
  }

  long bytes(int bytes) {
    long start = Native.allocate(bytes + 2L * GUARD);
    ByteBuffer all = Native.view(start, bytes + 2L * GUARD);
    for (int i = 0; i < GUARD; i++) {
      all.put(i, MARK);
      all.put(GUARD + bytes + i, MARK);
    }
    blocks.add(new Block(start, bytes));
    return start + GUARD;
  }

  /** Filled with a value that no kernel leaves by accident. */
  long floats(int n) {
    float[] junk = new float[n];
    java.util.Arrays.fill(junk, -777.25f);
    return floats(junk);
  }

  long floats(float... values) {
    long a = bytes(4 * values.length);
    Native.view(a, 4L * values.length).asFloatBuffer().put(values);
    return a;
  }

  float[] random(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static float[] read(long address, int n) {
    float[] values = new float[n];
    Native.view(address, 4L * n).asFloatBuffer().get(values);
    return values;
  }

  /** Each element within {@code tolerance} times its scale, the sum of the terms' magnitudes. */
  static void close(String what, double[] want, double[] scale, float[] got, double tolerance) {
    for (int i = 0; i < want.length; i++) {
      double allowed = tolerance * (scale == null ? Math.max(1, Math.abs(want[i])) : scale[i] + 1);
      if (!(Math.abs(want[i] - got[i]) <= allowed)) {
        fail(what + ": element " + i + " is " + got[i] + ", expected " + want[i]);
      }
    }
  }

  @Override
  public void close() {
    boolean clean = true;
    for (Block b : blocks) {
      ByteBuffer all = Native.view(b.start, b.bytes + 2L * GUARD);
      for (int i = 0; i < GUARD; i++) {
        clean &= all.get(i) == MARK && all.get(GUARD + b.bytes + i) == MARK;
      }
      Native.free(b.start);
    }
    assertTrue(clean, "bytes beside an operand were overwritten");
  }
}
