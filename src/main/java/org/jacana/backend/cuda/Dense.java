package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/** Inputs without gaps: as they are, or copied into memory that lasts for one call. */
final class Dense implements AutoCloseable {
  private final Gpu gpu;
  private final List<Scratch> copies = new ArrayList<>(2);

  Dense(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The view in row-major order; null stays null. */
  View of(View v) {
    if (v == null || v.layout().isContiguous()) {
      return v;
    }
    Scratch s = gpu.scratch(v.size() * v.dtype().bytes());
    copies.add(s);
    View dense = new View(s.buffer(), v.dtype(), Layout.contiguous(v.shape()));
    new Copies(gpu).copy(dense, v);
    return dense;
  }

  /** Whether all are of one float type; nulls are left out. */
  static boolean floats(View first, View... others) {
    boolean all = first.dtype().isFloat() && first.layout().rank() > 0;
    for (View v : others) {
      all &= v == null || v.dtype() == first.dtype();
    }
    return all;
  }

  /** Whether outputs have no gaps; nulls are left out. */
  static boolean whole(View... outputs) {
    boolean all = true;
    for (View v : outputs) {
      all &= v == null || v.layout().isContiguous();
    }
    return all;
  }

  @Override
  public void close() {
    copies.forEach(Scratch::close);
  }
}
