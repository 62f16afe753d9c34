package org.jacana.data;

/**
 * The order of one epoch: a Fisher-Yates shuffle driven by SplitMix64 (Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014), written out here so that every Java
 * gives the same order. The order depends on seed and epoch alone, not on earlier epochs.
 */
final class Shuffle {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  Shuffle(long state) {
    this.state = state;
  }

  /** Starts the stream of one epoch of one seed. */
  void seed(long seed, long epoch) {
    state = mix(mix(seed + GAMMA) + epoch * GAMMA);
  }

  /** The next 64 random bits. */
  long next() {
    state += GAMMA;
    return mix(state);
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** A number of 0 to bound - 1, without bias (Lemire, "Fast random integer generation", 2019). */
  int below(int bound) {
    long product = (next() >>> 32) * bound;
    long threshold = (1L << 32) % bound;
    while ((product & 0xffffffffL) < threshold) {
      product = (next() >>> 32) * bound;
    }
    return (int) (product >>> 32);
  }

  /** Fills {@code order} with a permutation of 0 to length - 1. */
  void permute(int[] order) {
    for (int i = 0; i < order.length; i++) {
      int j = below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
  }
}
