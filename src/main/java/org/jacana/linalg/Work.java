package org.jacana.linalg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Backend;
import org.jacana.backend.Buffer;
import org.jacana.backend.Lapack;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/** What one call of a decomposition needs: its kernels and scratch memory, freed when it closes. */
final class Work implements AutoCloseable {
  private final String op;
  private final Backend backend;
  private final List<Buffer> scratch = new ArrayList<>();
  final Lapack lapack;

  Work(String op, Backend backend) {
    this.op = op;
    this.backend = backend;
    this.lapack = backend.lapack();
  }

  View scratch(DType type, int... dims) {
    Shape shape = Shape.of(dims);
    Buffer b = backend.allocate(Math.multiplyExact(shape.size(), (long) type.bytes()));
    scratch.add(b);
    return new View(b, type, Layout.contiguous(shape));
  }

  /** Elements of a flat view from a position, as another shape. */
  static View part(View flat, long from, int... dims) {
    Shape s = Shape.of(dims);
    Layout l = flat.layout().reshape(Shape.of(Math.toIntExact(flat.size())));
    return flat.with(l.slice(0, Math.toIntExact(from), Math.toIntExact(s.size()), 1).reshape(s));
  }

  /** The last two axes exchanged. */
  static View turned(View a) {
    int r = a.layout().rank();
    int[] order = new int[r];
    for (int i = 0; i < r; i++) {
      order[i] = i < r - 2 ? i : 2 * r - 3 - i;
    }
    return a.with(a.layout().permute(order));
  }

  /** Fills a dense [b, p, q] with matrices [..., p, q]. */
  void copy(View to, View matrices) {
    View same = to.with(to.layout().reshape(matrices.shape()));
    backend.copy(same, matrices);
  }

  /** A dense copy [b, n, m], columns first, of matrices [..., m, n]; elements must be finite. */
  View columns(View a) {
    int r = a.layout().rank();
    int m = a.layout().dim(r - 2);
    int n = a.layout().dim(r - 1);
    View to = scratch(a.dtype(), Math.toIntExact(a.size() / m / n), n, m);
    copy(to, turned(a));
    requireFinite(to, a.shape());
    return to;
  }

  /** Dense memory [b, m, n] of matrices, their own where it is so already; finite. */
  View rows(View a) {
    int r = a.layout().rank();
    int m = a.layout().dim(r - 2);
    int n = a.layout().dim(r - 1);
    int b = Math.toIntExact(a.size() / m / n);
    View to;
    if (a.layout().isContiguous()) {
      to = a.with(a.layout().reshape(Shape.of(b, m, n)));
    } else {
      to = scratch(a.dtype(), b, m, n);
      copy(to, a);
    }
    requireFinite(to, a.shape());
    return to;
  }

  void requireFinite(View a, Shape matrices) {
    long at = lapack.notFinite(a);
    if (at >= 0) {
      long each = a.size() / a.layout().dim(0);
      throw new IllegalArgumentException(
          op + ": " + Check.which(matrices, at / each) + " holds NaN or an infinity");
    }
  }

  /** Square matrices equal to their transposes, up to rounding. */
  void requireSymmetric(View a, Shape matrices) {
    long at = lapack.notSymmetric(a, a.dtype() == DType.F64 ? 1e-10 : 1e-4);
    if (at >= 0) {
      int n = a.layout().dim(2);
      long i = at / n / n;
      throw new IllegalArgumentException(
          op
              + ": "
              + Check.which(matrices, i)
              + " is not symmetric: its elements ["
              + at / n % n
              + ", "
              + at % n
              + "] and ["
              + at % n
              + ", "
              + at / n % n
              + "] differ; use (A + A^T)/2, or a decomposition for general matrices");
    }
  }

  /** Throws for the first matrix whose number is not 0; {@code #} stands for the number. */
  void require(int[] info, Shape matrices, String problem) {
    for (int i = 0; i < info.length; i++) {
      if (info[i] != 0) {
        throw new IllegalArgumentException(
            op
                + ": "
                + Check.which(matrices, i)
                + " "
                + problem.replace("#", Integer.toString(info[i])));
      }
    }
  }

  /** The elements of a dense view. */
  double[] read(View v) {
    int n = Math.toIntExact(v.size());
    ByteBuffer b = bytes(v);
    backend.download(b, v.buffer(), v.layout().offset() * v.dtype().bytes());
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] =
          switch (v.dtype()) {
            case F64 -> b.getDouble(8 * i);
            case F32 -> b.getFloat(4 * i);
            default -> b.getInt(4 * i);
          };
    }
    return out;
  }

  /** Overwrites a dense F32 or F64 view. */
  void write(View v, double[] values) {
    ByteBuffer b = bytes(v);
    for (int i = 0; i < values.length; i++) {
      if (v.dtype() == DType.F64) {
        b.putDouble(8 * i, values[i]);
      } else {
        b.putFloat(4 * i, (float) values[i]);
      }
    }
    backend.upload(v.buffer(), v.layout().offset() * v.dtype().bytes(), b);
  }

  private static ByteBuffer bytes(View v) {
    return ByteBuffer.allocate(Math.toIntExact(v.size() * v.dtype().bytes()))
        .order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    scratch.forEach(Buffer::release);
  }
}
