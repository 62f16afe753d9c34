package org.jacana.nn;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * One time step of a recurrent layer, [N, in] to [N, hidden]. Parameters, all from
 * U(-1/sqrt(hidden), 1/sqrt(hidden)): weight_ih [gates hidden, in], weight_hh [gates hidden,
 * hidden], bias_ih and bias_hh [gates hidden], as in PyTorch.
 */
abstract class RecurrentCell extends Module {
  private final RecurrentKind kind;
  private final int in;
  private final int hidden;
  private final RecurrentWeights weights;

  RecurrentCell(RecurrentKind kind, int in, int hidden, boolean bias, Generator generator) {
    this.kind = kind;
    this.in = Check.positive(kind.cell, "in", in);
    this.hidden = Check.positive(kind.cell, "hidden", hidden);
    Check.generator(kind.cell, generator);
    double bound = 1 / Math.sqrt(hidden);
    Init init = Init.uniform(-bound, bound);
    int rows = Math.multiplyExact(kind.gates, hidden);
    weights =
        new RecurrentWeights(
            make("weight_ih", init, generator, rows, in),
            make("weight_hh", init, generator, rows, hidden),
            bias ? make("bias_ih", init, generator, rows) : null,
            bias ? make("bias_hh", init, generator, rows) : null);
  }

  private Tensor make(String name, Init init, Generator generator, int... shape) {
    return parameter(name, init.make(DType.F32, Shape.of(shape), generator));
  }

  final RecurrentKind kind() {
    return kind;
  }

  /** The next h from a state of zeros. */
  @Override
  protected Tensor forward(Tensor x) {
    return next(x, null)[0];
  }

  /**
   * The next state.
   *
   * @param x [N, in]
   * @param state [N, hidden] each; null for zeros
   * @throws IllegalArgumentException if shapes or types do not fit
   */
  public final RecurrentState step(Tensor x, RecurrentState state) {
    return kind.pack(call(x, () -> next(x, state)));
  }

  private Tensor[] next(Tensor x, RecurrentState state) {
    if (x.rank() != 2 || x.shape().dim(1) != in) {
      throw new IllegalArgumentException(
          this + ": the input must be [N, " + in + "], got " + x.shape());
    }
    int n = x.shape().dim(0);
    Tensor[] s =
        state == null ? kind.zeros(x.dtype(), n, hidden) : kind.unpack(this, state, n, hidden);
    return kind.step(x.linear(weights.wih(), weights.bih()), s, weights.whh(), weights.bhh());
  }

  @Override
  public long multiplyAdds(Shape input, Shape output) {
    return (long) input.dim(0) * kind.gates * hidden * (in + hidden);
  }

  @Override
  public String toString() {
    return kind.cell + "(" + in + ", " + hidden + (weights.bih() == null ? ", no bias)" : ")");
  }
}
