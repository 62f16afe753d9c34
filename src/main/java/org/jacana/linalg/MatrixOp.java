package org.jacana.linalg;

import java.util.Arrays;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.View;
import org.jacana.op.Batch;
import org.jacana.op.Op;

/**
 * An operation by LAPACK. On a device without it, inputs are copied to the host and the output
 * back. One with several results writes them one after the other into a flat output; their shapes
 * are {@link #parts}, and {@link #unpack} cuts them out again.
 */
abstract class MatrixOp extends Op {
  private final String name;

  MatrixOp(String name) {
    this.name = "linalg." + name;
  }

  @Override
  public final String name() {
    return name;
  }

  /** The shapes of several results; of one alone the output has the shape itself. */
  abstract int[][] parts(Shape in);

  abstract void run(Work work, View out, View[] in);

  @Override
  protected final Shape infer(Tensor[] in) {
    int[][] parts = parts(in[0].shape());
    if (parts.length == 1) {
      return Shape.of(parts[0]);
    }
    return Shape.of(Math.toIntExact(Arrays.stream(parts).mapToLong(Compose::size).sum()));
  }

  @Override
  protected final Tensor forward(Tensor[] in) {
    if (in[0].backend().lapack() != null) {
      return super.forward(in);
    }
    try (Scope host = Scope.open(Device.CPU)) {
      Tensor[] here = Arrays.stream(in).map(t -> t.detach().to(Device.CPU)).toArray(Tensor[]::new);
      return host.keep(super.forward(here).to(in[0].device()));
    }
  }

  /** Another one for the matrices of a batch; null where parts are done one by one. */
  MatrixOp again() {
    return null;
  }

  @Override
  protected final Tensor batch(Batch b) {
    MatrixOp op = again();
    if (op == null) {
      return null;
    }
    Tensor[] in = new Tensor[b.size()];
    Arrays.setAll(in, b::full);
    Tensor out = apply(op, in);
    if (op.parts(in[0].shape()).length == 1) {
      return out;
    }
    // Each part's results lie one after the other in its own row.
    int n = in[0].shape().dim(0);
    Tensor[] rows =
        Arrays.stream(op.unpack(in[0].shape(), out))
            .map(t -> t.reshape(n, Math.toIntExact(t.size() / n)))
            .toArray(Tensor[]::new);
    return Tensor.concat(1, rows);
  }

  @Override
  protected final void run(Backend backend, View out, View[] in) {
    try (Work work = new Work(name, backend)) {
      run(work, out, in);
    }
  }

  /** The results in the flat output, or their gradients in its gradient. */
  final Tensor[] unpack(Shape in, Tensor flat) {
    int[][] parts = parts(in);
    Tensor[] out = new Tensor[parts.length];
    int at = 0;
    for (int i = 0; i < parts.length; i++) {
      int n = Math.toIntExact(Compose.size(parts[i]));
      out[i] = flat.slice(0, at, at + n).reshape(parts[i]);
      at += n;
    }
    return out;
  }

  /** Where a result starts in the flat output. */
  final long start(Shape in, int part) {
    long at = 0;
    for (int i = 0; i < part; i++) {
      at += Compose.size(parts(in)[i]);
    }
    return at;
  }

  /** The number of matrices. */
  static int count(Shape in) {
    return Math.toIntExact(Compose.size(Compose.batch(in)));
  }
}
