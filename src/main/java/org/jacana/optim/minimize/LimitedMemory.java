package org.jacana.optim.minimize;

import java.util.ArrayList;
import java.util.List;

/**
 * The inverse Hessian as limited-memory BFGS knows it: the last pairs of changes s of x and y of
 * the gradient, starting from s y / (y y) times the identity (Nocedal and Wright 2006, algorithm
 * 7.4).
 */
public final class LimitedMemory {
  /** A change of x, the change of the gradient, and their product. */
  public record Pair(double[] s, double[] y, double sy) {}

  private final ArrayList<Pair> pairs = new ArrayList<>();

  /** The pairs, oldest first. */
  public List<Pair> pairs() {
    return List.copyOf(pairs);
  }

  /** Whether it knows no pair, and is the identity. */
  public boolean isEmpty() {
    return pairs.isEmpty();
  }

  /** Forgets all pairs. */
  public void clear() {
    pairs.clear();
  }

  /** Goes back to pairs it gave before. */
  public void restore(List<Pair> before) {
    pairs.clear();
    pairs.addAll(before);
  }

  /**
   * Adds a pair if s y is above a limit, and forgets the oldest beyond a number.
   *
   * @return whether it was added
   */
  public boolean add(double[] s, double[] y, double limit, int history) {
    double sy = Vectors.dot(s, y);
    if (!(sy > limit)) {
      return false;
    }
    if (pairs.size() >= history) {
      pairs.subList(0, pairs.size() - history + 1).clear();
    }
    pairs.add(new Pair(s, y, sy));
    return true;
  }

  /** -H g by the two-loop recursion. */
  public double[] direction(double[] g) {
    double[] q = Vectors.scaled(-1, g);
    if (pairs.isEmpty()) {
      return q;
    }
    double[] a = new double[pairs.size()];
    for (int i = a.length - 1; i >= 0; i--) {
      Pair p = pairs.get(i);
      a[i] = Vectors.dot(p.s, q) / p.sy;
      q = Vectors.along(q, -a[i], p.y);
    }
    Pair last = pairs.get(a.length - 1);
    q = Vectors.scaled(last.sy / Vectors.dot(last.y, last.y), q);
    for (int i = 0; i < a.length; i++) {
      Pair p = pairs.get(i);
      q = Vectors.along(q, a[i] - Vectors.dot(p.y, q) / p.sy, p.s);
    }
    return q;
  }
}
