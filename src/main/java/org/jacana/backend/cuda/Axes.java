package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * The axes of a reduction: those kept, of the input and of the output, and those reduced, each from
 * the farthest to the nearest neighbours in the input's memory. Axes of extent 1 are left out.
 */
record Axes(View out, View x, View reduced) {
  static Axes of(View out, View x) {
    Layout l = x.layout();
    List<Integer> kept = new ArrayList<>();
    List<Integer> gone = new ArrayList<>();
    for (int a = 0; a < l.rank(); a++) {
      if (l.dim(a) != 1) {
        (out.layout().dim(a) == 1 ? gone : kept).add(a);
      }
    }
    Comparator<Integer> far = Comparator.comparingLong(a -> -Math.abs(l.stride(a)));
    kept.sort(far);
    gone.sort(far);
    return new Axes(only(out, kept), only(x, kept), only(x, gone));
  }

  /** Lines along an axis: their first elements, and the input's first line. */
  static Axes along(View out, View x, int axis) {
    Layout l = x.layout();
    List<Integer> kept = new ArrayList<>();
    for (int a = 0; a < l.rank(); a++) {
      if (a != axis && l.dim(a) != 1) {
        kept.add(a);
      }
    }
    kept.sort(Comparator.comparingLong(a -> -Math.abs(l.stride(a))));
    return new Axes(only(out, kept), only(x, kept), only(x, List.of(axis)));
  }

  /** The view at index 0 of all other axes. */
  private static View only(View v, List<Integer> axes) {
    Layout l = v.layout();
    int[] order = new int[l.rank()];
    int k = 0;
    for (int a : axes) {
      order[k++] = a;
    }
    for (int a = 0; a < l.rank(); a++) {
      if (!axes.contains(a)) {
        order[k++] = a;
      }
    }
    l = l.permute(order);
    while (l.rank() > axes.size()) {
      l = l.select(l.rank() - 1, 0);
    }
    return v.with(l);
  }

  /** A view that is known to need one launch. */
  static Strided one(View v) {
    Strided[] found = new Strided[1];
    Strided.each(s -> found[0] = s, v);
    return found[0];
  }
}
