package org.jacana;

import org.jacana.backend.Backend;
import org.jacana.backend.Distribution;
import org.jacana.backend.KernelWatch;
import org.jacana.op.Batching;

/**
 * A stream of random numbers: Philox 4x32-10, so number i depends on the seed and i alone and is
 * the same on every device and at any number of threads. Safe for use by several threads, which
 * then share the stream in the order of their calls.
 */
public final class Generator {
  private static final Generator STANDARD = new Generator(0);

  private long seed;
  private long offset;

  public Generator(long seed) {
    this.seed = seed;
  }

  /** The generator of {@code Tensor.rand}, initialisers and dropout when none is given. */
  public static Generator standard() {
    return STANDARD;
  }

  /** Restarts {@link #standard} with a seed. */
  public static void seed(long seed) {
    STANDARD.reset(seed, 0);
  }

  /** Sets the state: the next number is number {@code offset} of the seed's stream. */
  public synchronized void reset(long seed, long offset) {
    this.seed = seed;
    this.offset = offset;
  }

  public synchronized long seed() {
    return seed;
  }

  /** How many numbers were drawn, rounded up to a multiple of 4 at each call. */
  public synchronized long offset() {
    return offset;
  }

  /** Takes the next numbers for a replay: seed and offset as four words. */
  synchronized int[] take(long count) {
    int[] words = {(int) seed, (int) (seed >>> 32), (int) offset, (int) (offset >>> 32)};
    offset += count;
    return words;
  }

  /** A stream that shares no numbers with this one (to within chance). */
  public Generator split(long key) {
    long z = seed() + 0x9E3779B97F4A7C15L * (key + 1);
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return new Generator(z ^ z >>> 31);
  }

  /** Uniform on [0,1). */
  public Tensor uniform(DType dtype, int... shape) {
    return draw(Distribution.UNIFORM, dtype, shape);
  }

  /** Normal, mean 0, variance 1. */
  public Tensor normal(DType dtype, int... shape) {
    return draw(Distribution.NORMAL, dtype, shape);
  }

  /** How far a draw moves the stream. */
  static long drawn(Tensor t) {
    return (t.size() + 3) / 4 * 4;
  }

  private Tensor draw(Distribution d, DType dtype, int... shape) {
    if (!dtype.isFloat()) {
      throw new IllegalArgumentException("random: needs a float type, got " + dtype);
    }
    Batching.refuse("random numbers");
    Backend b = Scope.backend();
    Tensor t = Tensor.allocate(b, Shape.of(shape), dtype);
    if (b.capturing()) {
      CapturedStep.draw(this, b, d, t);
      return t;
    }
    long key;
    long at;
    synchronized (this) {
      key = seed;
      at = offset;
      offset += drawn(t);
    }
    if (t.size() > 0) {
      KernelWatch.of(b).random(d, t.view(), key, at);
    }
    return t;
  }
}
