package org.jacana.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Shape;
import org.jacana.backend.Backend;
import org.jacana.backend.Buffer;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.Layout;
import org.jacana.backend.View;
import org.jacana.backend.reference.HostBuffer;

/** Views brought into a form that oneDNN reads; owns the copies this takes until closed. */
final class Operands implements AutoCloseable {
  private final Backend backend;
  private List<Buffer> copies;

  Operands(Backend backend) {
    this.backend = backend;
  }

  static long address(View v) {
    return ((HostBuffer) v.buffer()).address() + v.layout().offset() * v.dtype().bytes();
  }

  /** The view itself when it is row-major without gaps, else a copy that is. */
  View dense(View v) {
    if (v.layout().isContiguous()) {
      return v;
    }
    Buffer b = backend.allocate(v.size() * v.dtype().bytes());
    if (copies == null) {
      copies = new ArrayList<>(2);
    }
    copies.add(b);
    View copy = new View(b, v.dtype(), Layout.contiguous(v.shape()));
    backend.copy(copy, v);
    return copy;
  }

  /** The view itself when one of its last two axes is packed and the other is not broadcast. */
  View unitStride(View v) {
    Layout l = v.layout();
    int r = l.rank();
    boolean rows = packed(l, r - 1, r - 2);
    boolean columns = packed(l, r - 2, r - 1);
    return rows || columns ? v : dense(v);
  }

  private static boolean packed(Layout l, int inner, int outer) {
    return (l.stride(inner) == 1 || l.dim(inner) == 1)
        && (l.dim(outer) == 1 || l.stride(outer) >= l.dim(inner));
  }

  /** A product of matrices with up to two leading axes; c is dense. */
  static MatmulShape matmul(View c, View a, View b) {
    int r = c.layout().rank();
    int m = c.layout().dim(r - 2);
    int n = c.layout().dim(r - 1);
    int k = a.layout().dim(r - 1);
    return new MatmulShape(
        r > 3 ? c.layout().dim(r - 4) : 1,
        r > 2 ? c.layout().dim(r - 3) : 1,
        m,
        k,
        n,
        stride(a, r - 4),
        stride(a, r - 3),
        row(a, r, k),
        column(a, r, m),
        stride(b, r - 4),
        stride(b, r - 3),
        row(b, r, n),
        column(b, r, k),
        stride(c, r - 4),
        stride(c, r - 3),
        n,
        1,
        a.dtype(),
        c.dtype());
  }

  private static long stride(View v, int axis) {
    return axis < 0 || v.layout().dim(axis) == 1 ? 0 : v.layout().stride(axis);
  }

  /** The row stride; an axis of one element may carry any, so it gets the packed one. */
  private static long row(View v, int rank, int width) {
    Layout l = v.layout();
    if (l.dim(rank - 2) > 1) {
      return l.stride(rank - 2);
    }
    return l.dim(rank - 1) == 1 || l.stride(rank - 1) == 1 ? width : 1;
  }

  private static long column(View v, int rank, int height) {
    Layout l = v.layout();
    if (l.dim(rank - 1) > 1) {
      return l.stride(rank - 1);
    }
    return l.dim(rank - 2) == 1 || l.stride(rank - 2) != 1 ? 1 : height;
  }

  static ConvShape conv(ConvSpec s, Shape x, Shape w, Shape y) {
    return new ConvShape(
        x.dim(0),
        x.dim(1),
        x.dim(2),
        x.dim(3),
        w.dim(0),
        w.dim(1),
        w.dim(2),
        y.dim(1),
        y.dim(2),
        s.strideH(),
        s.strideW(),
        s.padTop(),
        s.padLeft(),
        s.padBottom(),
        s.padRight(),
        s.dilationH(),
        s.dilationW(),
        s.groups());
  }

  @Override
  public void close() {
    if (copies != null) {
      copies.forEach(Buffer::release);
    }
  }
}
