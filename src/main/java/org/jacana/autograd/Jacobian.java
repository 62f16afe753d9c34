package org.jacana.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.Batching;

/**
 * All derivatives of a function's elements, by rows or by columns, whichever are fewer. Many sweeps
 * are made at once, from a batch of seeds, where every rule on the way can be run for a batch.
 */
final class Jacobian {
  /** Elements of arguments and results in the seeds and results of one batch of sweeps. */
  private static final long BUDGET = 1 << 22;

  private final Trace trace;

  private Jacobian(Trace trace) {
    this.trace = trace;
  }

  /** For each argument [value's shape..., argument's shape...]. */
  static List<Tensor> of(Trace t) {
    Jacobian j = new Jacobian(t);
    long columns = t.xs.stream().mapToLong(Tensor::size).sum();
    return t.y.size() <= columns ? j.rows() : j.columns();
  }

  /** A sweep: from a seed to one tensor for each result. */
  private interface Sweep extends Function<Tensor, List<Tensor>> {}

  private List<Tensor> rows() {
    int n = Math.toIntExact(trace.y.size());
    List<Tensor> out = new ArrayList<>();
    List<Tensor> rows =
        sweeps(seed -> trace.pull(seed, trace.connected, true), trace.y.dtype(), trace.y.shape());
    for (int k = 0; k < trace.xs.size(); k++) {
      Tensor x = trace.xs.get(k);
      out.add(n == 0 ? empty(x) : rows.get(k).reshape(join(trace.y.shape(), x.shape())));
    }
    return out;
  }

  private List<Tensor> columns() {
    Transforms.Linear linear = new Transforms.Linear(trace);
    List<Tensor> out = new ArrayList<>();
    for (int k = 0; k < trace.xs.size(); k++) {
      Tensor x = trace.xs.get(k);
      Tensor pulled = linear.pulled.get(k);
      if (x.size() == 0) {
        out.add(empty(x));
        continue;
      }
      Sweep sweep = seed -> List.of(linear.derivative(pulled, seed, trace.connected));
      Tensor columns = sweeps(sweep, x.dtype(), x.shape()).get(0);
      int n = Math.toIntExact(x.size());
      int rank = trace.y.rank();
      int[] order = new int[rank + 1];
      Arrays.setAll(order, i -> (i + 1) % (rank + 1));
      Tensor last = columns.reshape(trace.y.shape().insert(0, n)).permute(order);
      out.add(last.reshape(join(trace.y.shape(), x.shape())));
    }
    return out;
  }

  private Tensor empty(Tensor x) {
    return Tensor.zeros(x.dtype(), join(trace.y.shape(), x.shape()).dims());
  }

  private static Shape join(Shape a, Shape b) {
    int[] d = Arrays.copyOf(a.dims(), a.rank() + b.rank());
    System.arraycopy(b.dims(), 0, d, a.rank(), b.rank());
    return Shape.of(d);
  }

  /** The results of a sweep for every basis vector of the seed's shape, stacked in front. */
  private List<Tensor> sweeps(Sweep sweep, DType type, Shape shape) {
    int n = Math.toIntExact(shape.size());
    long size = trace.y.size() + trace.xs.stream().mapToLong(Tensor::size).sum();
    int most = (int) Math.max(1, Math.min(n, BUDGET / Math.max(1, size)));
    List<List<Tensor>> chunks = new ArrayList<>();
    boolean together = n > 1;
    for (int from = 0; from < n; ) {
      int count = Math.min(together ? most : 1, n - from);
      Tensor seeds = basis(type, shape, from, count);
      if (together) {
        try {
          chunks.add(batch(sweep, seeds, count));
          from += count;
          continue;
        } catch (Batching.Refused e) {
          together = false;
          seeds = basis(type, shape, from, 1);
        }
      }
      List<Tensor> one = sweep.apply(seeds.squeeze(0));
      chunks.add(one.stream().map(g -> g.unsqueeze(0)).toList());
      from++;
    }
    List<Tensor> out = new ArrayList<>();
    for (int k = 0; !chunks.isEmpty() && k < chunks.get(0).size(); k++) {
      int at = k;
      out.add(Tensor.concat(0, chunks.stream().map(c -> c.get(at)).toArray(Tensor[]::new)));
    }
    return out;
  }

  private List<Tensor> batch(Sweep sweep, Tensor seeds, int count) {
    try (Batching.Level level = Batching.open(trace.connected)) {
      List<Tensor> found = sweep.apply(level.part(seeds));
      return found.stream().map(g -> level.batch(g, count)).toList();
    }
  }

  /** {@code count} tensors, each zero but for a one at positions from, from + 1, ... */
  private static Tensor basis(DType type, Shape shape, int from, int count) {
    int n = Math.toIntExact(shape.size());
    Tensor ones = Tensor.eye(type, count);
    return ones.pad(0, 0, 0, from, n - from - count).reshape(shape.insert(0, count));
  }
}
