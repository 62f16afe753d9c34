package org.jacana.data;

/** The usual samplers. */
public final class Samplers {
  private Samplers() {}

  private static void requireCount(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("sampler: needs at least 1 example, got " + count);
    }
  }

  /** Examples 0 to count - 1 in this order, in every epoch. */
  public static Sampler sequential(int count) {
    requireCount(count);
    return new Sampler() {
      @Override
      public int length() {
        return count;
      }

      @Override
      public void order(long epoch, int[] order) {
        for (int i = 0; i < order.length; i++) {
          order[i] = i;
        }
      }
    };
  }

  /** Every example once an epoch, in a random order that is new in each epoch. */
  public static Sampler shuffled(int count, long seed) {
    requireCount(count);
    return new Sampler() {
      @Override
      public int length() {
        return count;
      }

      @Override
      public void order(long epoch, int[] order) {
        new Draws(seed, epoch).permute(order);
      }
    };
  }
}
