package org.jacana.data;

/**
 * Random numbers of one example: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014), written out here so that every Java gives the same. A stream
 * follows from seed, epoch and place alone, not from what was drawn before. Not for use by two
 * threads at once.
 */
public final class Draws {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  Draws(long state) {
    this.state = state;
  }

  /** The stream of an epoch's order. */
  public Draws(long seed, long epoch) {
    at(seed, epoch);
  }

  Draws at(long seed, long epoch) {
    state = mix(mix(seed + GAMMA) + epoch * GAMMA);
    return this;
  }

  /** Goes to the stream of a place in an epoch; {@code use} keeps streams of one place apart. */
  Draws at(long seed, long epoch, long place, int use) {
    at(seed, epoch);
    state = mix(mix(state + 2 * use * GAMMA + GAMMA) + place * GAMMA);
    return this;
  }

  /** The next 64 random bits. */
  public long next() {
    state += GAMMA;
    return mix(state);
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** A number of 0 to bound - 1, without bias (Lemire, "Fast random integer generation", 2019). */
  public int below(int bound) {
    long product = (next() >>> 32) * bound;
    long threshold = (1L << 32) % bound;
    while ((product & 0xffffffffL) < threshold) {
      product = (next() >>> 32) * bound;
    }
    return (int) (product >>> 32);
  }

  /** Uniform on [0, 1), a multiple of 2^-53. */
  public double uniform() {
    return (next() >>> 11) * 0x1p-53;
  }

  /** Uniform on [low, high). */
  public double between(double low, double high) {
    return low + (high - low) * uniform();
  }

  /** True with this probability. */
  public boolean chance(double probability) {
    return uniform() < probability;
  }

  /** Standard normal (Box and Muller 1958); takes two numbers. */
  public double normal() {
    double r = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform()));
    return r * StrictMath.cos(2 * Math.PI * uniform());
  }

  /** Standard normals times a factor (Marsaglia's polar method, 1964), two at a time. */
  void normals(double factor, float[] to, int at, int n) {
    for (int i = 0; i < n; i += 2) {
      double u;
      double v;
      double s;
      do {
        u = 2 * uniform() - 1;
        v = 2 * uniform() - 1;
        s = u * u + v * v;
      } while (s >= 1 || s == 0);
      double scale = factor * Math.sqrt(-2 * StrictMath.log(s) / s);
      to[at + i] = (float) (u * scale);
      if (i + 1 < n) {
        to[at + i + 1] = (float) (v * scale);
      }
    }
  }

  /** Fills {@code order} with a permutation of 0 to length - 1 (Fisher and Yates). */
  public void permute(int[] order) {
    permute(order, order.length);
  }

  void permute(int[] order, int n) {
    for (int i = 0; i < n; i++) {
      int j = below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
  }

  /** A number of Beta(alpha, alpha), 1 for alpha 0: X / (X + Y) of two gammas, by logarithms. */
  public double beta(double alpha) {
    return alpha == 0 ? 1 : 1 / (1 + StrictMath.exp(logGamma(alpha) - logGamma(alpha)));
  }

  /** The logarithm of a number of Gamma(alpha, 1) (Marsaglia and Tsang 2000). */
  private double logGamma(double alpha) {
    // Below 1: Gamma(alpha + 1) U^(1 / alpha), which would underflow without the logarithm.
    double boost = alpha < 1 ? StrictMath.log(1 - uniform()) / alpha : 0;
    double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = normal();
      double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
      double u = 1 - uniform();
      if (v > 0 && StrictMath.log(u) < x * x / 2 + d - d * v + d * StrictMath.log(v)) {
        return StrictMath.log(d * v) + boost;
      }
    }
  }
}
