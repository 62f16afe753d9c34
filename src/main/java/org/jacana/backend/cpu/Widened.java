package org.jacana.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.backend.Backend;
import org.jacana.backend.Buffer;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Operands of a half type as F32, for kernels that have no form of their own for such types: each
 * computes in F32 and its result is rounded once. Owns the copies until closed.
 */
final class Widened implements AutoCloseable {
  /** A result to be rounded. */
  private record Result(View to, View wide) {}

  private final Backend backend;
  private final List<Buffer> copies = new ArrayList<>(4);
  private final List<Result> results = new ArrayList<>(2);

  Widened(Backend backend) {
    this.backend = backend;
  }

  /** Whether one is BF16 or F16 and all the rest are those or F32. */
  static boolean takes(View... views) {
    boolean any = false;
    for (View v : views) {
      if (v != null) {
        any |= half(v);
        if (!half(v) && v.dtype() != DType.F32 || v.size() == 0) {
          return false;
        }
      }
    }
    return any;
  }

  private static boolean half(View v) {
    return v.dtype() == DType.BF16 || v.dtype() == DType.F16;
  }

  private View fresh(Layout layout) {
    Buffer b = backend.allocate(layout.size() * DType.F32.bytes());
    copies.add(b);
    return new View(b, DType.F32, Layout.contiguous(layout.shape()));
  }

  /** The elements as F32, those that a broadcast repeats once; null stays null. */
  View in(View v) {
    if (v == null || !half(v)) {
      return v;
    }
    Layout once = v.layout();
    for (int axis = 0; axis < once.rank(); axis++) {
      if (once.stride(axis) == 0 && once.dim(axis) > 1) {
        once = once.slice(axis, 0, 1, 1);
      }
    }
    View wide = fresh(once);
    backend.copy(wide, v.with(once));
    return wide.expand(v.shape());
  }

  /** Memory for an F32 result, or the given one where that is F32; null stays null. */
  View out(View v) {
    if (v == null || !half(v)) {
      return v;
    }
    View wide = fresh(v.layout());
    results.add(new Result(v, wide));
    return wide;
  }

  /** Rounds all results into their places. */
  void round() {
    for (Result r : results) {
      backend.copy(r.to, r.wide);
    }
  }

  @Override
  public void close() {
    copies.forEach(Buffer::release);
  }
}
