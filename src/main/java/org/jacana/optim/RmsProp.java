package org.jacana.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacana.Tensor;

/**
 * RMSprop (Hinton 2012; Graves 2013 for the centered form) as in PyTorch: g += decay w; v = alpha v
 * + (1 - alpha) g^2; centered, a = alpha a + (1 - alpha) g and v - a^2 takes v's place; d = g /
 * (sqrt(v) + epsilon); with momentum, b = momentum b + d takes d's place; w -= rate d.
 */
public final class RmsProp extends Tunable<RmsProp> {
  private static final String SQUARE = "square_avg";
  private static final String MEAN = "grad_avg";
  private static final String MOMENTUM = "momentum_buffer";

  private RmsProp(List<Tensor> parameters) {
    super("rmsprop", parameters, 0);
    option("alpha", Range.FRACTION, 0.99);
    option("epsilon", Range.NOT_NEGATIVE, 1e-8);
    option("momentum", Range.NOT_NEGATIVE, 0);
    option("centered", Range.SWITCH, 0);
  }

  /** Learning rate 0.01, alpha 0.99, epsilon 1e-8, everything else off. */
  public static RmsProp of(List<Tensor> parameters) {
    return new RmsProp(parameters).learningRate(0.01);
  }

  @Override
  RmsProp self() {
    return this;
  }

  /** What remains of the averages, in [0, 1). */
  public RmsProp alpha(double alpha) {
    return set("alpha", alpha);
  }

  /** Added to the root; at least 0. */
  public RmsProp epsilon(double epsilon) {
    return set("epsilon", epsilon);
  }

  /** What remains of the last step, at least 0. */
  public RmsProp momentum(double momentum) {
    return set("momentum", momentum);
  }

  /** Divides by the gradient's deviation instead of its root mean square. */
  public RmsProp centered(boolean on) {
    return set("centered", on);
  }

  @Override
  protected List<String> slots() {
    return List.of(SQUARE, MEAN, MOMENTUM);
  }

  @Override
  protected List<String> slots(Tensor parameter, Map<String, Double> options) {
    List<String> needed = new ArrayList<>(List.of(SQUARE));
    if (options.get("centered") != 0) {
      needed.add(MEAN);
    }
    if (options.get("momentum") > 0) {
      needed.add(MOMENTUM);
    }
    return needed;
  }

  @Override
  protected void update(Parameter p, Tensor g) {
    double alpha = get("alpha");
    Tensor d = p.decayed(g);
    Tensor v = p.average(SQUARE, alpha, d.square());
    if (on("centered")) {
      // Rounding may leave a tiny negative variance, whose root would be NaN.
      v = v.sub(p.average(MEAN, alpha, d).square()).maximum(0);
    }
    d = d.div(v.sqrt().add(get("epsilon")));
    if (get("momentum") > 0) {
      Tensor b = p.slot(MOMENTUM);
      b.assign(b.mul(get("momentum")).add(d));
      d = b;
    }
    p.value().assign(p.exact().sub(d.mul(p.learningRate())));
  }
}
