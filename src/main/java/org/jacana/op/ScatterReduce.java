package org.jacana.op;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/** How several sources for one element are joined (PyTorch's scatter_reduce). */
public enum ScatterReduce {
  SUM,
  /** The gradient is right at zeros too, at every order. */
  PROD,
  MEAN,
  /** At ties the gradient is shared equally, with the element's own part in it. */
  AMAX,
  AMIN;

  /**
   * A copy of x where every element that the index names is joined with its sources: those
   * source[.., i, ..] for which index[.., i, ..] is the element's coordinate on the axis. Reads the
   * index on the host, for AMAX and AMIN also the values.
   *
   * @param includeSelf whether x's own element is one of those joined; elements that the index does
   *     not name stay in any case
   * @throws IllegalArgumentException if shapes or types do not fit, an index is out of range, or
   *     integers are averaged
   */
  public Tensor apply(Tensor x, int axis, Tensor index, Tensor source, boolean includeSelf) {
    int a = x.shape().axis("scatterReduce", axis);
    if (!index.shape().equals(source.shape())) {
      throw new IllegalArgumentException(
          "scatterReduce: index and source must have one shape, got "
              + index.shape()
              + " and "
              + source.shape());
    }
    if (x.dtype() != source.dtype()) {
      throw new IllegalArgumentException(
          "scatterReduce: the tensor and the source must have one type, got "
              + x.dtype()
              + " and "
              + source.dtype()
              + "; cast with to(...)");
    }
    if (this == MEAN && !x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "scatterReduce: MEAN needs a float type, got " + x.dtype() + "; cast with to(DType.F32)");
    }
    x.requireOpen("scatterReduce", 0);
    source.requireOpen("scatterReduce", 2);
    return Composite.on(
        x,
        () -> {
          Tensor ones = Tensor.ones(DType.F32, index.shape().dims());
          Tensor count = Indexing.scatterAdd(x.shape(), a, index, ones);
          Tensor hit = count.gt(0);
          return switch (this) {
            case SUM -> sum(x, a, index, source, hit, includeSelf);
            case MEAN -> {
              Tensor n = count.add(includeSelf ? 1 : 0).maximum(1).to(x.dtype());
              Tensor sum = sum(x, a, index, source, hit, includeSelf);
              yield Tensor.where(hit, sum.div(n), x);
            }
            case PROD -> product(x, a, index, source, hit, includeSelf);
            default -> extreme(this == AMAX, x, a, index, source, hit, includeSelf);
          };
        });
  }

  private static Tensor sum(
      Tensor x, int axis, Tensor index, Tensor source, Tensor hit, boolean self) {
    Tensor sum = Indexing.scatterAdd(x.shape(), axis, index, source);
    return self ? x.add(sum) : Tensor.where(hit, sum, x);
  }

  /** Products of neighbours in the order of targets, until each target has one left. */
  private static Tensor product(
      Tensor x, int axis, Tensor index, Tensor source, Tensor hit, boolean self) {
    int[] target = targets(x.shape(), axis, index);
    int n = target.length;
    if (n == 0) {
      return x.reshape(x.shape());
    }
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (i, k) -> Integer.compare(target[i], target[k]));
    int[] at = Arrays.stream(order).mapToInt(i -> i).toArray();
    int[] owner = Arrays.stream(at).map(i -> target[i]).toArray();
    Tensor y = source.reshape(Shape.of(n)).gather(0, Tensor.of(at));
    while (true) {
      int[] left = new int[n];
      int[] right = new int[n];
      int[] next = new int[n];
      int pairs = 0;
      int m = 0;
      for (int i = 0; i < n; m++) {
        boolean pair = i + 1 < n && owner[i + 1] == owner[i];
        next[m] = owner[i];
        left[m] = i;
        // Position n is a one.
        right[m] = pair ? i + 1 : n;
        pairs += pair ? 1 : 0;
        i += pair ? 2 : 1;
      }
      if (pairs == 0) {
        break;
      }
      Tensor padded = y.pad(1, 0, 1);
      y =
          padded
              .gather(0, Tensor.of(Arrays.copyOf(left, m)))
              .mul(padded.gather(0, Tensor.of(Arrays.copyOf(right, m))));
      n = m;
      owner = next;
    }
    Shape flat = Shape.of(Math.toIntExact(x.size()));
    Tensor products =
        Indexing.scatterAdd(flat, 0, Tensor.of(Arrays.copyOf(owner, n)), y).reshape(x.shape());
    return Tensor.where(hit, self ? x.mul(products) : products, x);
  }

  private static Tensor extreme(
      boolean largest, Tensor x, int axis, Tensor index, Tensor source, Tensor hit, boolean self) {
    double[] best = new double[Math.toIntExact(x.size())];
    double[] own = x.doubles();
    Arrays.fill(best, largest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    if (self) {
      System.arraycopy(own, 0, best, 0, own.length);
    }
    double[] from = source.doubles();
    int[] target = targets(x.shape(), axis, index);
    for (int i = 0; i < target.length; i++) {
      int t = target[i];
      best[t] = largest ? Math.max(best[t], from[i]) : Math.min(best[t], from[i]);
    }
    Tensor top = Tensor.of(best, best.length).to(x.dtype()).reshape(x.shape());
    if (!x.dtype().isFloat()) {
      return Tensor.where(hit, top, x);
    }
    // The mean of those that tie: their value, with the gradient shared among them.
    Tensor wins = source.detach().eq(Indexing.gather(top, axis, index)).to(x.dtype());
    Tensor n = Indexing.scatterAdd(x.shape(), axis, index, wins);
    Tensor winners = Tensor.where(wins.ne(0), source, 0);
    Tensor sum = Indexing.scatterAdd(x.shape(), axis, index, winners);
    if (self) {
      Tensor stays = x.detach().eq(top);
      n = n.add(stays.to(x.dtype()));
      sum = sum.add(Tensor.where(stays, x, 0));
    }
    return Tensor.where(hit, sum.div(Tensor.where(hit, n, 1)), x);
  }

  /** The position of each source's element in the flattened tensor. */
  private static int[] targets(Shape to, int axis, Tensor index) {
    int[] at = index.ints();
    int[] dims = index.shape().dims();
    int[] out = new int[at.length];
    for (int i = 0; i < at.length; i++) {
      int rest = i;
      int step = 1;
      for (int d = dims.length - 1; d >= 0; d--) {
        out[i] += (d == axis ? at[i] : rest % dims[d]) * step;
        rest /= dims[d];
        step *= to.dim(d);
      }
    }
    return out;
  }
}
