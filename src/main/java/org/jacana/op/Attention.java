package org.jacana.op;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Scaled dot-product attention (Vaswani et al. 2017), composed of tensor operations. */
public final class Attention {
  private Attention() {}

  /** With scale 1/sqrt(E) and no dropout. */
  public static Tensor attention(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal) {
    int e = q.rank() == 0 ? 0 : q.shape().dim(-1);
    double scale = 1 / Math.sqrt(Math.max(1, e));
    return attention(q, k, v, mask, causal, scale);
  }

  /** Without dropout. */
  public static Tensor attention(
      Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal, double scale) {
    return attention(q, k, v, mask, causal, scale, 0, Generator.standard());
  }

  /**
   * softmax(scale q k^T + mask) v. A query that may attend to nothing gives zeros, and its
   * gradients are zero (as PyTorch's scaled_dot_product_attention since 2.5, not NaN as before).
   *
   * @param q queries [..., L, E]; the axes before the last two broadcast
   * @param k keys [..., S, E]
   * @param v values [..., S, V]; the result is [..., L, V]
   * @param mask null; or BOOL, true where a query may attend to a key; or float, added to the
   *     scaled products; it broadcasts to [..., L, S]
   * @param causal whether query i may attend to keys 0 to i only, besides what the mask says
   * @param dropout the share of attention weights that are set to 0, the others being scaled by
   *     1/(1 - dropout)
   * @param generator gives the dropped positions; not used when dropout is 0
   * @throws IllegalArgumentException if shapes or types do not fit, the scale is not finite, or
   *     dropout is not between 0 and 1
   */
  public static Tensor attention(
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor mask,
      boolean causal,
      double scale,
      double dropout,
      Generator generator) {
    requireFit(q, k, v);
    requireNumbers(scale, dropout, generator);
    if (mask != null) {
      mask.requireOpen("attention", 3);
    }
    return Composite.on(
        q,
        () -> {
          Tensor scores = q.mul(scale).matmul(k.transpose(-1, -2));
          requireMask(mask, scores);
          Tensor weights = weights(scores, mask, causal);
          Tensor p = dropout == 0 ? weights : Dropouts.dropout(weights, dropout, generator);
          return p.matmul(v);
        });
  }

  private static Tensor weights(Tensor scores, Tensor mask, boolean causal) {
    Tensor biased =
        mask == null || mask.dtype() == DType.BOOL ? scores : scores.add(mask.to(scores.dtype()));
    Tensor allowed = allowed(biased, mask, causal);
    if (allowed == null || scores.size() == 0) {
      return biased.softmax(-1);
    }
    if (mask == null) {
      return Tensor.where(allowed, biased, Double.NEGATIVE_INFINITY).softmax(-1);
    }
    // A row of minus infinities has no softmax, so rows without keys get zeros, and weight 0 after.
    Tensor alive = allowed.any(-1).unsqueeze(-1);
    Tensor floor =
        Tensor.where(alive.logicalNot(), alive.to(scores.dtype()), Double.NEGATIVE_INFINITY);
    Tensor rows = Tensor.where(allowed, biased, floor).softmax(-1);
    return rows.mul(alive.to(rows.dtype()));
  }

  /** Which query may attend to which key, or null for all. */
  private static Tensor allowed(Tensor scores, Tensor mask, boolean causal) {
    Tensor given = null;
    if (mask != null) {
      given = mask.dtype() == DType.BOOL ? mask : mask.detach().gt(Double.NEGATIVE_INFINITY);
    }
    if (!causal) {
      return given;
    }
    Tensor keys = Tensor.arange(scores.shape().dim(-1));
    Tensor past = Tensor.arange(scores.shape().dim(-2)).unsqueeze(1).ge(keys);
    return given == null ? past : given.logicalAnd(past);
  }

  private static void requireFit(Tensor q, Tensor k, Tensor v) {
    boolean fit =
        q.rank() >= 2
            && k.rank() >= 2
            && v.rank() >= 2
            && q.shape().dim(-1) == k.shape().dim(-1)
            && k.shape().dim(-2) == v.shape().dim(-2);
    if (!fit) {
      throw new IllegalArgumentException(
          "attention: queries [..., L, E], keys [..., S, E] and values [..., S, V] must agree in E"
              + " and S, got "
              + q.shape()
              + ", "
              + k.shape()
              + " and "
              + v.shape());
    }
    if (!q.dtype().isFloat() || q.dtype() != k.dtype() || q.dtype() != v.dtype()) {
      throw new IllegalArgumentException(
          "attention: queries, keys and values must have one float type, got "
              + q.dtype()
              + ", "
              + k.dtype()
              + " and "
              + v.dtype()
              + "; cast with to(...)");
    }
  }

  private static void requireMask(Tensor mask, Tensor scores) {
    if (mask == null) {
      return;
    }
    mask.requireOpen("attention", 3);
    if (mask.dtype() != DType.BOOL && !mask.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "attention: the mask must be BOOL or a float type, got "
              + mask.dtype()
              + "; compare it with 0, or cast it");
    }
    int[] m = mask.shape().dims();
    int[] s = scores.shape().dims();
    boolean fits = m.length <= s.length;
    for (int a = 1; fits && a <= m.length; a++) {
      fits = m[m.length - a] == 1 || m[m.length - a] == s[s.length - a];
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "attention: the mask must broadcast to [..., L, S] = "
              + Shape.of(s)
              + ", got "
              + Arrays.toString(m));
    }
  }

  private static void requireNumbers(double scale, double dropout, Generator generator) {
    if (!Double.isFinite(scale)) {
      throw new IllegalArgumentException("attention: the scale must be finite, got " + scale);
    }
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new IllegalArgumentException(
          "attention: dropout must be between 0 and 1, got " + dropout);
    }
    if (generator == null) {
      throw new IllegalArgumentException(
          "attention: the generator must not be null; Generator.standard() is the default");
    }
  }
}
