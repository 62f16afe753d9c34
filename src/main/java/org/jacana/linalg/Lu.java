package org.jacana.linalg;

import java.util.Arrays;
import org.jacana.Tensor;

/**
 * A = P L U: a permutation matrix P [..., m, m], L [..., m, k] lower triangular with ones on the
 * diagonal, U [..., k, n] upper triangular, k = min(m, n).
 */
public record Lu(Tensor p, Tensor l, Tensor u) {
  static Lu of(Tensor a) {
    Check.matrices("linalg.lu", a);
    Tensor[] parts =
        Compose.all(
            a,
            () -> {
              LuOp op = new LuOp();
              Tensor[] turned = op.unpack(a.shape(), LuOp.apply(op, a));
              return new Tensor[] {op.permutation(a), Compose.t(turned[0]), Compose.t(turned[1])};
            });
    return new Lu(parts[0], parts[1], parts[2]);
  }

  /** The permutation that row exchanges make: row i of P^T A is row order[i] of A. */
  static int[] order(double[] pivots, int from, int k, int m) {
    int[] order = new int[m];
    Arrays.setAll(order, i -> i);
    for (int i = 0; i < k; i++) {
      int j = (int) pivots[from + i] - 1;
      int t = order[i];
      order[i] = order[j];
      order[j] = t;
    }
    return order;
  }
}
