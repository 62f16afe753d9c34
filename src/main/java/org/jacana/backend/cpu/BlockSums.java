package org.jacana.backend.cpu;

import static org.bytedeco.openblas.global.openblas.cblas_dsdot;
import static org.bytedeco.openblas.global.openblas.cblas_sasum;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Sums of many neighbouring F32 by OpenBLAS at the speed of memory, with a bound of their error. On
 * processors with AVX2 its product with ones adds 32 numbers at a time in float, pair by pair, and
 * the results in double: each number takes part in five rounded additions, and the error is at most
 * 5 * 2^-24 of the sum of magnitudes, which is computed beside it while the numbers are in the
 * first-level cache.
 */
final class BlockSums {
  /** Numbers of one call: with as many ones they fill half of the first-level cache. */
  private static final int BLOCK = 2048;

  private static final int GROUP = 32;

  /** The error by the sum of magnitudes. */
  private static final double ERROR = 5 * 0x1p-24;

  /** The error by the sum that is accepted; with the result's rounding it stays below 1e-6. */
  private static final double ACCEPTED = 9e-7;

  private static final ThreadLocal<BlockSums> MINE = ThreadLocal.withInitial(BlockSums::new);

  private final Floats x = new Floats();
  private final Floats ones = new Floats();

  private BlockSums() {}

  private static final class Floats extends FloatPointer {
    Floats() {
      super(new Address(0));
    }

    Floats to(long address) {
      this.address = address;
      return this;
    }
  }

  private static final class Trial {
    static final boolean RIGHT = OpenBlas.available() && pairwise() && groups();

    /** Whether no number of a group meets others one by one: those would be lost beside it. */
    private static boolean pairwise() {
      float small = 0x1p-25f;
      boolean right = true;
      for (int large = 0; large < GROUP; large++) {
        float[] v = new float[GROUP];
        for (int i = 0; i < GROUP; i++) {
          v[i] = i == large ? 1 : small;
        }
        right &= Math.abs(product(v) - (1 + 31.0 * small)) <= 4 * small;
      }
      return right;
    }

    /** Whether a large number swallows no others than those of its group. */
    private static boolean groups() {
      float[] v = new float[BLOCK];
      java.util.Arrays.fill(v, 1);
      v[BLOCK / 2] = 0x1p26f;
      return product(v) >= 0x1p26 + BLOCK - GROUP;
    }

    private static double product(float[] v) {
      try (Scratch scratch = Scratch.lend(4L * v.length)) {
        scratch.floats().put(0, v);
        FloatPointer at = new FloatPointer(new Address(scratch.address()));
        FloatPointer ones = new FloatPointer(new Address(Constants.ones()));
        return cblas_dsdot(v.length, at, 1, ones, 1);
      }
    }
  }

  /** Whether OpenBLAS is here and adds in this way; loads it on the first call. */
  static boolean available() {
    return Trial.RIGHT;
  }

  /** Puts the sum of n numbers and that of their magnitudes into {@code sums} at {@code i}. */
  static void add(long address, int n, double[] sums, double[] magnitudes, int i) {
    BlockSums mine = MINE.get();
    mine.ones.to(Constants.ones());
    double sum = 0;
    double magnitude = 0;
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      mine.x.to(address + 4L * done);
      sum += cblas_dsdot(count, mine.x, 1, mine.ones, 1);
      magnitude += cblas_sasum(count, mine.x, 1);
    }
    sums[i] = sum;
    magnitudes[i] = magnitude;
  }

  /** Whether a sum is right to 1e-6 of itself; never where it is not finite. */
  static boolean accepts(double sum, double magnitude) {
    return magnitude < Double.POSITIVE_INFINITY && ERROR * magnitude <= ACCEPTED * Math.abs(sum);
  }
}
