package org.jacana.op;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Weighted sums of values by the likeness of queries and keys (Vaswani et al. 2017). */
public final class Attention {
  private Attention() {}

  /** {@link #attention(Tensor, Tensor, Tensor, Tensor, boolean, double)} scaled by 1/sqrt(E). */
  public static Tensor attention(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal) {
    requireMatrices(q, k, v);
    return attention(q, k, v, mask, causal, 1 / Math.sqrt(Math.max(1, q.shape().dim(-1))));
  }

  /**
   * softmax(scale q k^T + mask) v, leading axes broadcast (PyTorch's scaled_dot_product_attention).
   *
   * @param q [..., L, E]
   * @param k [..., S, E]
   * @param v [..., S, F]
   * @param mask broadcast to [..., L, S]: BOOL, true where a key takes part, or float, added; null
   *     for none. A query without any key gives zeros.
   * @param causal whether query i sees only keys 0..i; not together with a mask
   * @return [..., L, F]
   */
  public static Tensor attention(
      Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal, double scale) {
    requireMatrices(q, k, v);
    if (causal && mask != null) {
      throw new IllegalArgumentException(
          "attention: give a mask or ask for a causal one, not both; join them with logicalAnd");
    }
    int l = q.shape().dim(-2);
    int s = k.shape().dim(-2);
    return Composite.on(
        q,
        () -> {
          Tensor logits = q.mul(scale).matmul(k.transpose(-1, -2));
          Tensor seen = mask;
          if (causal) {
            seen = Tensor.arange(s).sub(Tensor.arange(l).unsqueeze(1)).le(0);
          }
          if (seen == null) {
            return logits.softmax(-1).matmul(v);
          }
          if (seen.dtype() != DType.BOOL) {
            return logits.add(seen.to(logits.dtype())).softmax(-1).matmul(v);
          }
          Shape all = Shape.broadcast("attention mask", logits.shape(), seen.shape());
          if (!all.equals(logits.shape())) {
            throw new IllegalArgumentException(
                "attention: the mask must broadcast to "
                    + logits.shape()
                    + ", got "
                    + seen.shape());
          }
          // Finite, so that a row without keys has no NaN before it is cleared.
          double lowest = logits.dtype() == DType.F16 ? -6e4 : -1e30;
          Tensor p = Tensor.where(seen, logits, lowest).softmax(-1);
          return Tensor.where(seen, p, 0).matmul(v);
        });
  }

  private static void requireMatrices(Tensor q, Tensor k, Tensor v) {
    boolean fits = q.rank() >= 2 && k.rank() >= 2 && v.rank() >= 2;
    if (!fits || q.shape().dim(-1) != k.shape().dim(-1) || k.shape().dim(-2) != v.shape().dim(-2)) {
      throw new IllegalArgumentException(
          "attention: needs queries [..., L, E], keys [..., S, E] and values [..., S, F], got "
              + q.shape()
              + ", "
              + k.shape()
              + " and "
              + v.shape());
    }
  }
}
