package org.jacana.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A data set in two parts that share no example. The parts are views; which examples they hold
 * follows from the seed alone.
 *
 * @param train to learn from
 * @param validation held out
 */
public record Split(Dataset train, Dataset validation) {

  /**
   * A random split.
   *
   * @param held part of the examples that is held out, above 0 and below 1; rounded to a number of
   *     examples, at least one on each side
   * @throws IllegalArgumentException if the part is out of range or there are fewer than 2 examples
   */
  public static Split random(Dataset data, double held, long seed) {
    requirePart(held);
    return of(data, List.of(order(data, seed)), held);
  }

  /**
   * A random split in which each class is split alike, so that both parts have the classes in the
   * data's proportions, to within one example of each.
   *
   * @throws IllegalArgumentException as {@link #random}, or if the target is values
   */
  public static Split stratified(Dataset data, double held, long seed) {
    requirePart(held);
    return of(data, byClass(data, seed), held);
  }

  private static void requirePart(double held) {
    if (!(held > 0 && held < 1)) {
      throw new IllegalArgumentException(
          "split: the part held out must be above 0 and below 1, is " + held);
    }
  }

  private static Split of(Dataset data, List<int[]> groups, double held) {
    int n = data.count();
    requireCount(data, 2);
    int wanted = Math.max(1, Math.min(n - 1, (int) Math.round(n * held)));
    // Whole numbers of each group that add up: the running sum is rounded, not each part.
    int[] out = new int[wanted];
    int[] in = new int[n - wanted];
    int taken = 0;
    int left = 0;
    long seen = 0;
    for (int[] group : groups) {
      seen += group.length;
      int until = (int) (seen * wanted / n);
      for (int i : group) {
        if (taken < until) {
          out[taken++] = i;
        } else {
          in[left++] = i;
        }
      }
    }
    return sorted(data, in, out);
  }

  private static void requireCount(Dataset data, int least) {
    if (data.count() < least) {
      throw new IllegalArgumentException(
          "split: needs at least " + least + " examples, " + data.name() + " has " + data.count());
    }
  }

  private static Split sorted(Dataset data, int[] in, int[] out) {
    Arrays.sort(in);
    Arrays.sort(out);
    return new Split(Subset.of(data, in), Subset.of(data, out));
  }

  private static int[] order(Dataset data, long seed) {
    int[] order = new int[data.count()];
    new Draws(seed, 0).permute(order);
    return order;
  }

  /** The examples of each class, in random order. */
  private static List<int[]> byClass(Dataset data, long seed) {
    if (!data.target().isClass()) {
      throw new IllegalArgumentException(
          "split: only classes can be stratified, but "
              + data.name()
              + " has "
              + data.target()
              + "; split at random");
    }
    int[] counts = data.classCounts();
    List<int[]> groups = new ArrayList<>();
    for (int c : counts) {
      groups.add(new int[c]);
    }
    int[] filled = new int[counts.length];
    for (int i : order(data, seed)) {
      int c = data.label(i);
      groups.get(c)[filled[c]++] = i;
    }
    return groups;
  }

  /**
   * k splits whose held-out parts are k random parts of the data, of sizes that differ by at most
   * one; every example is held out once.
   *
   * @throws IllegalArgumentException unless 2 &lt;= k &lt;= count
   */
  public static List<Split> kFold(Dataset data, int k, long seed) {
    return folds(data, k, List.of(order(data, seed)));
  }

  /**
   * As {@link #kFold}, with each class spread evenly over the parts.
   *
   * @throws IllegalArgumentException as {@link #kFold}, or if the target is values
   */
  public static List<Split> stratifiedKFold(Dataset data, int k, long seed) {
    return folds(data, k, byClass(data, seed));
  }

  private static List<Split> folds(Dataset data, int k, List<int[]> groups) {
    if (k < 2) {
      throw new IllegalArgumentException("split: needs at least 2 folds, got " + k);
    }
    requireCount(data, k);
    int n = data.count();
    int[] fold = new int[n];
    int[] sizes = new int[k];
    int place = 0;
    for (int[] group : groups) {
      for (int i : group) {
        fold[i] = place;
        sizes[place]++;
        place = (place + 1) % k;
      }
    }
    List<Split> splits = new ArrayList<>();
    for (int f = 0; f < k; f++) {
      int[] out = new int[sizes[f]];
      int[] in = new int[n - sizes[f]];
      int a = 0;
      int b = 0;
      for (int i = 0; i < n; i++) {
        if (fold[i] == f) {
          out[a++] = i;
        } else {
          in[b++] = i;
        }
      }
      splits.add(sorted(data, in, out));
    }
    return splits;
  }
}
