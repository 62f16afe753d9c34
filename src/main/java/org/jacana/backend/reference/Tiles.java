package org.jacana.backend.reference;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Small arrays for pieces of work, kept by each thread for its next piece: a training step would
 * otherwise make thousands of them, megabytes that the processor's caches hold no more. A piece may
 * run others inside.
 */
public final class Tiles {
  /** Arrays of one kind that a thread keeps. */
  private static final int KEPT = 32;

  /** Longer arrays are left to the collector. */
  private static final int LONGEST = 1 << 16;

  private static final ThreadLocal<Tiles> MINE = ThreadLocal.withInitial(Tiles::new);

  private final Stack<float[]> floats = new Stack<>(float.class);
  private final Stack<double[]> doubles = new Stack<>(double.class);
  private final Stack<int[]> ints = new Stack<>(int.class);
  private int depth;

  private Tiles() {}

  /** Arrays of one element type: those that are lent, in order, and the others. */
  private static final class Stack<A> {
    private final Class<?> element;
    private final List<A> lent = new ArrayList<>();
    private final List<A> idle = new ArrayList<>();

    Stack(Class<?> element) {
      this.element = element;
    }

    A take(int n) {
      for (int i = idle.size() - 1; i >= 0; i--) {
        if (Array.getLength(idle.get(i)) == n) {
          A found = idle.remove(i);
          lent.add(found);
          return found;
        }
      }
      @SuppressWarnings("unchecked")
      A made = (A) Array.newInstance(element, n);
      lent.add(made);
      return made;
    }

    void takeBack(int count) {
      while (lent.size() > count) {
        A a = lent.remove(lent.size() - 1);
        if (Array.getLength(a) <= LONGEST) {
          if (idle.size() == KEPT) {
            idle.remove(0);
          }
          idle.add(a);
        }
      }
    }
  }

  /** Runs piece {@code i} and takes back the arrays that it was lent. */
  public static void run(IntConsumer body, int i) {
    Tiles t = MINE.get();
    int f = t.floats.lent.size();
    int d = t.doubles.lent.size();
    int n = t.ints.lent.size();
    t.depth++;
    try {
      body.accept(i);
    } finally {
      t.depth--;
      t.floats.takeBack(f);
      t.doubles.takeBack(d);
      t.ints.takeBack(n);
    }
  }

  /**
   * n floats of any values, the piece's until it ends; outside a piece a new array, for good. Never
   * to be kept, nor given to another thread.
   */
  public static float[] floats(int n) {
    Tiles t = MINE.get();
    return t.depth == 0 ? new float[n] : t.floats.take(n);
  }

  /** As {@link #floats}. */
  public static double[] doubles(int n) {
    Tiles t = MINE.get();
    return t.depth == 0 ? new double[n] : t.doubles.take(n);
  }

  /** As {@link #floats}. */
  public static int[] ints(int n) {
    Tiles t = MINE.get();
    return t.depth == 0 ? new int[n] : t.ints.take(n);
  }
}
