package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * One direction of one recurrent layer.
 *
 * @param bih null without biases, as bhh
 */
record RecurrentWeights(Tensor wih, Tensor whh, Tensor bih, Tensor bhh) {
  /**
   * Runs over a sequence [T, N, in]: the outputs [T, N, hidden], then the last state.
   *
   * @param state h, or h and c, [N, hidden]
   */
  Tensor[] run(RecurrentKind kind, Tensor x, Tensor[] state, boolean backwards) {
    int steps = x.shape().dim(0);
    Tensor[] projected = new Tensor[steps];
    unstack(x.linear(wih, bih), 0, projected);
    Tensor[] outputs = new Tensor[steps];
    for (int i = 0; i < steps; i++) {
      int t = backwards ? steps - 1 - i : i;
      state = step(kind, projected[t], state);
      outputs[t] = state[0];
    }
    Tensor[] result = new Tensor[1 + kind.states];
    result[0] = Tensor.stack(0, outputs);
    System.arraycopy(state, 0, result, 1, kind.states);
    return result;
  }

  private Tensor[] step(RecurrentKind kind, Tensor x, Tensor[] state) {
    try (Scope s = Scope.open()) {
      Tensor[] next = kind.step(x, state, whh, bhh);
      for (Tensor t : next) {
        s.keep(t);
      }
      return next;
    }
  }

  /**
   * The time steps, by halves: the gradient of a slice is as large as what it is a slice of, so
   * that single steps would need time that grows with the square of their number.
   */
  private static void unstack(Tensor x, int at, Tensor[] to) {
    int n = x.shape().dim(0);
    if (n == 1) {
      to[at] = x.squeeze(0);
      return;
    }
    unstack(x.slice(0, 0, n / 2), at, to);
    unstack(x.slice(0, n / 2, n), at + n / 2, to);
  }
}
