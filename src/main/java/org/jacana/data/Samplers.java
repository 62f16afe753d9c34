package org.jacana.data;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** The usual samplers. */
public final class Samplers {
  private Samplers() {}

  private static void requireCount(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("sampler: needs at least 1 example, got " + count);
    }
  }

  private static Sampler of(int length, BiConsumer<Long, int[]> order) {
    requireCount(length);
    return new Sampler() {
      @Override
      public int length() {
        return length;
      }

      @Override
      public void order(long epoch, int[] to) {
        order.accept(epoch, to);
      }
    };
  }

  /** Examples 0 to count - 1 in this order, in every epoch. */
  public static Sampler sequential(int count) {
    return of(count, (epoch, order) -> Arrays.setAll(order, i -> i));
  }

  /** Every example once an epoch, in a random order that is new in each epoch. */
  public static Sampler shuffled(int count, long seed) {
    return of(count, (epoch, order) -> new Draws(seed, epoch).permute(order));
  }

  /**
   * Draws an example with a probability in proportion to its weight, each time anew.
   *
   * @param weights not negative and finite, with a positive sum
   * @param length draws of an epoch
   */
  public static Sampler weighted(double[] weights, int length, long seed) {
    double[] sums = requireWeights(weights).clone();
    for (int i = 1; i < sums.length; i++) {
      sums[i] += sums[i - 1];
    }
    int last = lastPositive(weights);
    return of(
        length,
        (epoch, order) -> {
          Draws draws = new Draws(seed, epoch);
          for (int k = 0; k < order.length; k++) {
            double u = draws.uniform() * sums[sums.length - 1];
            // The first sum above u; a zero weight repeats the sum before it.
            int at = firstAbove(sums, u);
            order[k] = Math.min(at, last);
          }
        });
  }

  private static int firstAbove(double[] sums, double u) {
    int low = 0;
    int high = sums.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sums[middle] > u) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static int lastPositive(double[] weights) {
    int last = weights.length - 1;
    while (weights[last] == 0) {
      last--;
    }
    return last;
  }

  /**
   * Draws distinct examples, each with a probability in proportion to its weight among those that
   * are left (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006).
   *
   * @param weights not negative and finite
   * @param length examples of an epoch, at most the number of positive weights
   */
  public static Sampler weightedWithoutReplacement(double[] weights, int length, long seed) {
    double[] w = requireWeights(weights).clone();
    int[] positive = IntStream.range(0, w.length).filter(i -> w[i] > 0).toArray();
    if (length > positive.length) {
      throw new IllegalArgumentException(
          "sampler: "
              + length
              + " distinct examples cannot be drawn from "
              + positive.length
              + " with a positive weight");
    }
    return of(
        length,
        (epoch, order) -> {
          Draws draws = new Draws(seed, epoch);
          double[] keys = new double[positive.length];
          Arrays.setAll(keys, k -> -StrictMath.log(1 - draws.uniform()) / w[positive[k]]);
          int[] first =
              IntStream.range(0, keys.length)
                  .boxed()
                  .sorted((a, b) -> Double.compare(keys[a], keys[b]))
                  .limit(order.length)
                  .mapToInt(k -> positive[k])
                  .toArray();
          System.arraycopy(first, 0, order, 0, order.length);
        });
  }

  /**
   * Draws, with repetition, so that every class that has examples is as likely; an epoch has as
   * many draws as the data has examples.
   *
   * @throws IllegalArgumentException if the target is values
   */
  public static Sampler balanced(Dataset data, long seed) {
    if (!data.target().isClass()) {
      throw new IllegalArgumentException(
          "sampler: only classes can be balanced, but " + data.name() + " has " + data.target());
    }
    int[] counts = data.classCounts();
    double[] weights = new double[data.count()];
    Arrays.setAll(weights, i -> 1.0 / counts[data.label(i)]);
    return weighted(weights, weights.length, seed);
  }

  private static double[] requireWeights(double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0)) {
        throw new IllegalArgumentException(
            "sampler: weights must not be negative, weight " + i + " is " + weights[i]);
      }
      sum += weights[i];
    }
    if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "sampler: the weights must have a positive, finite sum, it is " + sum);
    }
    return weights;
  }
}
