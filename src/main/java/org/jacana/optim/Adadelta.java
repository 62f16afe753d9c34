package org.jacana.optim;

import java.util.List;
import org.jacana.Tensor;

/**
 * Adadelta (Zeiler 2012) as in PyTorch: g += decay w; v = rho v + (1 - rho) g^2; d = sqrt(u +
 * epsilon) / sqrt(v + epsilon) g; u = rho u + (1 - rho) d^2; w -= rate d.
 */
public final class Adadelta extends Tunable<Adadelta> {
  private static final String SQUARE = "square_avg";
  private static final String DELTA = "acc_delta";

  private Adadelta(List<Tensor> parameters) {
    super("adadelta", parameters, 0);
    option("rho", Range.FRACTION, 0.9);
    option("epsilon", Range.NOT_NEGATIVE, 1e-6);
  }

  /** Learning rate 1, rho 0.9, epsilon 1e-6, no weight decay. */
  public static Adadelta of(List<Tensor> parameters) {
    return new Adadelta(parameters).learningRate(1);
  }

  @Override
  Adadelta self() {
    return this;
  }

  /** What remains of the averages, in [0, 1). */
  public Adadelta rho(double rho) {
    return set("rho", rho);
  }

  /** Added below both roots; with 0 nothing would ever move from the start. */
  public Adadelta epsilon(double epsilon) {
    return set("epsilon", epsilon);
  }

  @Override
  protected List<String> slots() {
    return List.of(SQUARE, DELTA);
  }

  @Override
  protected void update(Parameter p, Tensor g) {
    double rho = get("rho");
    double epsilon = get("epsilon");
    Tensor d = p.decayed(g);
    Tensor v = p.average(SQUARE, rho, d.square());
    Tensor move = p.slot(DELTA).add(epsilon).sqrt().div(v.add(epsilon).sqrt()).mul(d);
    p.average(DELTA, rho, move.square());
    p.value().assign(p.exact().sub(move.mul(p.learningRate())));
  }
}
