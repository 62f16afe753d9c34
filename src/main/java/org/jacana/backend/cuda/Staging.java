package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Contiguous copies of views that a library does not take as they are. Owns the copies' memory,
 * which may be closed as soon as the work on it is enqueued.
 */
final class Staging implements AutoCloseable {
  private final Gpu gpu;
  private final Copies copies;
  private final List<Scratch> held = new ArrayList<>(2);

  Staging(Gpu gpu, Copies copies) {
    this.gpu = gpu;
    this.copies = copies;
  }

  /** Uninitialised. */
  View blank(DType dtype, Shape shape) {
    Scratch s = gpu.scratch(Math.max(1, shape.size() * dtype.bytes()));
    held.add(s);
    return new View(s.buffer(), dtype, Layout.contiguous(shape));
  }

  View copy(View v) {
    View out = blank(v.dtype(), v.shape());
    copies.copy(out, v);
    return out;
  }

  /** The address of a view's first element, moved by some elements. */
  static Address pointer(View v, long elements) {
    return ((CudaBuffer) v.buffer()).pointer((v.layout().offset() + elements) * v.dtype().bytes());
  }

  @Override
  public void close() {
    for (Scratch s : held) {
      s.close();
    }
    held.clear();
  }
}
