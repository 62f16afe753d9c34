package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/** The formulas of recurrent cells, on a time step whose inputs are projected already. */
enum RecurrentKind {
  /** h' = tanh(x + W h + b). */
  TANH("RnnCell", 1, 1) {
    @Override
    Tensor[] step(Tensor x, Tensor[] state, Tensor w, Tensor b) {
      return new Tensor[] {x.add(state[0].linear(w, b)).tanh()};
    }
  },

  /** h' = max(0, x + W h + b). */
  RELU("RnnCell", 1, 1) {
    @Override
    Tensor[] step(Tensor x, Tensor[] state, Tensor w, Tensor b) {
      return new Tensor[] {x.add(state[0].linear(w, b)).relu()};
    }
  },

  /** Gates i, f, g, o: c' = sig(f) c + sig(i) tanh(g), h' = sig(o) tanh(c'). */
  LSTM("LstmCell", 4, 2) {
    @Override
    Tensor[] step(Tensor x, Tensor[] state, Tensor w, Tensor b) {
      Tensor[] gate = parts(x.add(state[0].linear(w, b)), 4);
      Tensor kept = gate[1].sigmoid().mul(state[1]);
      Tensor c = kept.add(gate[0].sigmoid().mul(gate[2].tanh()));
      return new Tensor[] {gate[3].sigmoid().mul(c.tanh()), c};
    }
  },

  /** Gates r, z, n: n = tanh(x_n + sig(r) (W_n h + b_n)), h' = (1 - sig(z)) n + sig(z) h. */
  GRU("GruCell", 3, 1) {
    @Override
    Tensor[] step(Tensor x, Tensor[] state, Tensor w, Tensor b) {
      Tensor h = state[0];
      Tensor[] from = parts(x, 3);
      Tensor[] back = parts(h.linear(w, b), 3);
      Tensor r = from[0].add(back[0]).sigmoid();
      Tensor z = from[1].add(back[1]).sigmoid();
      Tensor n = from[2].add(r.mul(back[2])).tanh();
      return new Tensor[] {n.add(z.mul(h.sub(n)))};
    }
  };

  final String cell;
  final int gates;

  /** How many tensors a state has: h, or h and c. */
  final int states;

  RecurrentKind(String cell, int gates, int states) {
    this.cell = cell;
    this.gates = gates;
    this.states = states;
  }

  /**
   * The next state.
   *
   * @param x W_ih x + b_ih, [N, gates hidden]
   * @param w W_hh [gates hidden, hidden]
   * @param b b_hh [gates hidden], or null
   */
  abstract Tensor[] step(Tensor x, Tensor[] state, Tensor w, Tensor b);

  Tensor[] zeros(DType type, int... shape) {
    Tensor[] out = new Tensor[states];
    for (int i = 0; i < states; i++) {
      out[i] = Tensor.zeros(type, shape);
    }
    return out;
  }

  /** The tensors of a state that a caller gave; its shapes must be {@code shape}. */
  Tensor[] unpack(Object who, RecurrentState s, int... shape) {
    Tensor[] out = states == 2 ? new Tensor[] {s.h(), s.c()} : new Tensor[] {s.h()};
    if (states == 1 && s.c() != null) {
      throw new IllegalArgumentException(who + ": the state has a c, but only LSTMs have one");
    }
    Shape expected = Shape.of(shape);
    for (Tensor t : out) {
      if (t == null || !t.shape().equals(expected)) {
        throw new IllegalArgumentException(
            who
                + ": the state's "
                + (t == s.h() ? "h" : "c")
                + " must be "
                + expected
                + ", got "
                + (t == null ? "null" : t.shape()));
      }
    }
    return out;
  }

  RecurrentState pack(Tensor[] state) {
    return new RecurrentState(state[0], states == 2 ? state[1] : null);
  }

  private static Tensor[] parts(Tensor x, int n) {
    Tensor[] out = new Tensor[n];
    int wide = x.shape().dim(-1) / n;
    for (int i = 0; i < n; i++) {
      out[i] = x.slice(-1, i * wide, (i + 1) * wide);
    }
    return out;
  }
}
