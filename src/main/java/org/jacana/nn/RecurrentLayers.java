package org.jacana.nn;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Recurrent layers one after the other, perhaps in both directions of time. */
abstract class RecurrentLayers extends Module {
  private final RecurrentKind kind;
  private final int in;
  private final int hidden;
  private final int layers;
  private final int directions;
  private final Dropout dropout;
  private final List<RecurrentWeights> weights = new ArrayList<>();

  RecurrentLayers(
      RecurrentKind kind,
      int in,
      int hidden,
      int layers,
      boolean bidirectional,
      boolean bias,
      double dropout,
      Generator generator) {
    this.kind = kind;
    String name = getClass().getSimpleName();
    this.in = Check.positive(name, "in", in);
    this.hidden = Check.positive(name, "hidden", hidden);
    this.layers = Check.positive(name, "layers", layers);
    Check.generator(name, generator);
    this.directions = bidirectional ? 2 : 1;
    Check.probability(name, "dropout", dropout);
    this.dropout =
        dropout > 0 && layers > 1 ? child("dropout", new Dropout(dropout, generator)) : null;
    for (int l = 0; l < layers; l++) {
      for (int d = 0; d < directions; d++) {
        weights.add(make(l, d == 1, bias, generator));
      }
    }
  }

  private RecurrentWeights make(int layer, boolean reverse, boolean bias, Generator generator) {
    String suffix = "_l" + layer + (reverse ? "_reverse" : "");
    int rows = Math.multiplyExact(kind.gates, hidden);
    return new RecurrentWeights(
        make("weight_ih" + suffix, generator, rows, wide(layer)),
        make("weight_hh" + suffix, generator, rows, hidden),
        bias ? make("bias_ih" + suffix, generator, rows) : null,
        bias ? make("bias_hh" + suffix, generator, rows) : null);
  }

  private Tensor make(String name, Generator generator, int... shape) {
    double bound = 1 / Math.sqrt(hidden);
    return parameter(name, Init.uniform(-bound, bound).make(DType.F32, Shape.of(shape), generator));
  }

  /** The features that a layer reads. */
  private int wide(int layer) {
    return layer == 0 ? in : directions * hidden;
  }

  public final int layers() {
    return layers;
  }

  public final boolean bidirectional() {
    return directions == 2;
  }

  final RecurrentKind kind() {
    return kind;
  }

  /** All outputs, from a state of zeros. */
  @Override
  protected final Tensor forward(Tensor x) {
    return compute(x, null)[0];
  }

  /** All outputs and the last states, from states of zeros. */
  public final RecurrentOutput run(Tensor x) {
    return run(x, null);
  }

  /**
   * All outputs and the last states.
   *
   * @param x [N, T, in], T at least 1
   * @param initial [layers x directions, N, hidden] each; null for zeros
   * @throws IllegalArgumentException if shapes or types do not fit
   */
  public final RecurrentOutput run(Tensor x, RecurrentState initial) {
    Tensor[] r = call(x, () -> compute(x, initial));
    return new RecurrentOutput(r[0], new RecurrentState(r[1], kind.states == 2 ? r[2] : null));
  }

  /** The outputs [N, T, directions hidden], then the last states. */
  private Tensor[] compute(Tensor x, RecurrentState initial) {
    if (x.rank() != 3 || x.shape().dim(2) != in || x.shape().dim(1) == 0) {
      throw new IllegalArgumentException(
          this
              + ": the input must be [N, T, "
              + in
              + "] with at least one time step, got "
              + x.shape());
    }
    int n = x.shape().dim(0);
    int all = layers * directions;
    Tensor[] first =
        initial == null
            ? kind.zeros(x.dtype(), all, n, hidden)
            : kind.unpack(this, initial, all, n, hidden);
    Tensor[][] last = new Tensor[kind.states][all];
    Tensor h = x.transpose(0, 1);
    for (int l = 0; l < layers; l++) {
      Tensor[] ways = new Tensor[directions];
      for (int d = 0; d < directions; d++) {
        int at = l * directions + d;
        Tensor[] state = new Tensor[kind.states];
        for (int i = 0; i < kind.states; i++) {
          state[i] = first[i].select(0, at);
        }
        Tensor[] r = weights.get(at).run(kind, h, state, d == 1);
        ways[d] = r[0];
        for (int i = 0; i < kind.states; i++) {
          last[i][at] = r[1 + i];
        }
      }
      h = directions == 1 ? ways[0] : Tensor.concat(2, ways);
      if (dropout != null && l + 1 < layers) {
        h = dropout.apply(h);
      }
    }
    Tensor[] out = new Tensor[1 + kind.states];
    out[0] = h.transpose(0, 1).contiguous();
    for (int i = 0; i < kind.states; i++) {
      out[1 + i] = Tensor.stack(0, last[i]);
    }
    return out;
  }

  @Override
  public long multiplyAdds(Shape input, Shape output) {
    long perStep = 0;
    for (int l = 0; l < layers; l++) {
      perStep += (long) directions * kind.gates * hidden * (wide(l) + hidden);
    }
    return perStep * input.dim(0) * input.dim(1);
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "("
        + in
        + ", "
        + hidden
        + (layers == 1 ? "" : ", " + layers + " layers")
        + (directions == 1 ? "" : ", bidirectional")
        + (weights.get(0).bih() == null ? ", no bias" : "")
        + ")";
  }
}
