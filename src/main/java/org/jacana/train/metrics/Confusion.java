package org.jacana.train.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How often, or by what weight, examples of each class were taken for each: {@code counts[actual]
 * [predicted]}. Immutable.
 */
public final class Confusion {
  private final List<String> names;
  private final double[][] counts;
  private final ClassCounts perClass;

  /** An off-diagonal cell. */
  public record Pair(String actual, String predicted, double count) {}

  Confusion(List<String> names, double[][] counts) {
    this.names = names;
    this.counts = counts;
    int n = names.size();
    perClass = new ClassCounts(new double[n], new double[n], new double[n]);
    for (int a = 0; a < n; a++) {
      perClass.right()[a] = counts[a][a];
      for (int p = 0; p < n; p++) {
        perClass.actual()[a] += counts[a][p];
        perClass.predicted()[p] += counts[a][p];
      }
    }
  }

  /** The classes' names. */
  public List<String> names() {
    return names;
  }

  /** A copy of the counts, {@code [actual][predicted]}. */
  public double[][] counts() {
    double[][] copy = counts.clone();
    for (int i = 0; i < copy.length; i++) {
      copy[i] = copy[i].clone();
    }
    return copy;
  }

  /** The sum of all counts. */
  public double total() {
    return perClass.total();
  }

  /** The part on the diagonal. */
  public double accuracy() {
    return perClass.accuracy();
  }

  /** Of the predictions of a class, the part that is right; 0 if there is none. */
  public double precision(int c) {
    return perClass.precision(c);
  }

  /** Of the examples of a class, the part that is found; 0 if there is none. */
  public double recall(int c) {
    return perClass.recall(c);
  }

  /** The harmonic mean of a class's precision and recall; 0 for 0 / 0. */
  public double f1(int c) {
    return perClass.f1(c);
  }

  /** The classes' precision in one number. */
  public double precision(Average average) {
    return perClass.average(ClassCounts::precision, average);
  }

  /** The classes' recall in one number. */
  public double recall(Average average) {
    return perClass.average(ClassCounts::recall, average);
  }

  /** The classes' F1 in one number. */
  public double f1(Average average) {
    return perClass.average(ClassCounts::f1, average);
  }

  /**
   * The mistakes made most often, most frequent first, in class order where equal.
   *
   * @param k how many at most; cells of 0 are none
   */
  public List<Pair> mostConfused(int k) {
    List<Pair> pairs = new ArrayList<>();
    for (int a = 0; a < counts.length; a++) {
      for (int p = 0; p < counts.length; p++) {
        if (a != p && counts[a][p] > 0) {
          pairs.add(new Pair(names.get(a), names.get(p), counts[a][p]));
        }
      }
    }
    pairs.sort(Comparator.comparingDouble(Pair::count).reversed());
    return List.copyOf(pairs.subList(0, Math.min(Math.max(0, k), pairs.size())));
  }

  /** The matrix and a table of the classes' precision, recall and F1, as text. */
  public String stats() {
    return ConfusionText.of(this);
  }

  /** {@link #stats}. */
  @Override
  public String toString() {
    return stats();
  }

  double actual(int c) {
    return perClass.actual()[c];
  }
}
