package org.jacana.op;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;

/**
 * Convolutions of a batch whose parts have images, filters, or both of their own. Images of their
 * own join the images; filters of their own become more channels, or groups.
 */
final class ConvBatch {
  private ConvBatch() {}

  private static ConvSpec groups(ConvSpec s, int n) {
    return new ConvSpec(
        s.strideH(),
        s.strideW(),
        s.padTop(),
        s.padLeft(),
        s.padBottom(),
        s.padRight(),
        s.dilationH(),
        s.dilationW(),
        Math.multiplyExact(n, s.groups()));
  }

  /** [n, A, B, C, D] to [A, B, C, n D]. */
  private static Tensor wide(Tensor x) {
    Shape s = x.shape();
    int channels = Math.multiplyExact(s.dim(0), s.dim(4));
    return x.permute(1, 2, 3, 0, 4).reshape(s.dim(1), s.dim(2), s.dim(3), channels);
  }

  /** The opposite of {@link #wide}. */
  private static Tensor narrow(Tensor x, int n) {
    Shape s = x.shape();
    return x.reshape(s.dim(0), s.dim(1), s.dim(2), n, s.dim(3) / n).permute(3, 0, 1, 2, 4);
  }

  /** Images and filters: one filter for all, or one for each part. */
  static Tensor forward(ConvSpec s, Batch b) {
    boolean bias = b.size() == 3;
    if (!b.has(1)) {
      Tensor y = Conv.conv(s, b.folded(0), b.get(1), bias && !b.has(2) ? b.get(2) : null);
      return bias && b.has(2) ? b.unfolded(y).add(b.aligned(2, 4)) : b.unfolded(y);
    }
    Tensor w = b.folded(1);
    Tensor y =
        s.groups() == 1 && !b.has(0)
            ? Conv.conv(s, b.get(0), w, null)
            : Conv.conv(groups(s, b.n), wide(b.full(0)), w, null);
    Tensor parts = narrow(y, b.n);
    return bias ? parts.add(b.aligned(2, 4)) : parts;
  }

  /** The output's gradients and filters. */
  static Tensor gradInput(ConvSpec s, Shape x, Batch b) {
    if (!b.has(1)) {
      Shape all = x.with(0, Math.multiplyExact(b.n, x.dim(0)));
      return b.unfolded(Conv.gradInput(s, b.folded(0), b.get(1), all));
    }
    Shape all = x.with(3, Math.multiplyExact(b.n, x.dim(3)));
    Tensor dx =
        s.groups() == 1 && !b.has(0)
            ? Conv.gradInput(s, b.get(0), wide(b.get(1)), all)
            : Conv.gradInput(groups(s, b.n), wide(b.full(0)), b.folded(1), all);
    return narrow(dx, b.n);
  }

  /** Images and the output's gradients. */
  static Tensor gradWeight(ConvSpec s, Shape w, Batch b) {
    Shape filters = w.with(0, Math.multiplyExact(b.n, w.dim(0)));
    if (s.groups() == 1 && !b.has(0)) {
      return b.unfolded(Conv.gradWeight(s, b.get(0), wide(b.get(1)), filters));
    }
    if (s.groups() == 1 && !b.has(1)) {
      Shape channels = w.with(3, Math.multiplyExact(b.n, w.dim(3)));
      return narrow(Conv.gradWeight(s, wide(b.get(0)), b.get(1), channels), b.n);
    }
    return b.unfolded(Conv.gradWeight(groups(s, b.n), wide(b.full(0)), wide(b.full(1)), filters));
  }
}
