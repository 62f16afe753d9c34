package org.jacana.data;

import java.util.ArrayList;
import java.util.List;

/** A thread's arrays for what lies between two transforms, used again and again, as a stack. */
final class Spare {
  private static final ThreadLocal<Spare> SPARE = ThreadLocal.withInitial(Spare::new);

  private final List<float[]> arrays = new ArrayList<>();
  private int depth;

  private Spare() {}

  static Spare get() {
    return SPARE.get();
  }

  /** Where the stack stands, for {@link #back}. */
  int mark() {
    return depth;
  }

  /** An array of at least this length, until the thread goes back behind it. */
  float[] take(int size) {
    if (depth == arrays.size()) {
      arrays.add(new float[size]);
    } else if (arrays.get(depth).length < size) {
      arrays.set(depth, new float[size]);
    }
    return arrays.get(depth++);
  }

  void back(int mark) {
    depth = mark;
  }
}
