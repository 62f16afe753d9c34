package org.jacana.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Tensor;

/**
 * Adam (Kingma and Ba 2015) in PyTorch's form: m and v are running averages of the gradient and its
 * square; w -= rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon). Weight decay is
 * added to the gradient, or, decoupled, shrinks the weight first: w -= rate decay w ({@link
 * AdamW}). With AMSGrad (Reddi et al. 2018) the largest v so far, before its correction, takes v's
 * place in the divisor.
 */
public final class Adam extends Optimizer {
  private static final String FIRST = "exp_avg";
  private static final String SECOND = "exp_avg_sq";
  private static final String LARGEST = "max_exp_avg_sq";

  private final boolean decoupled;
  private Options options = new Options(0.9, 0.999, 1e-8, false);

  private record Options(double beta1, double beta2, double epsilon, boolean amsgrad) {}

  Adam(String name, List<Tensor> parameters, boolean decoupled, double weightDecay) {
    super(name, parameters, weightDecay);
    this.decoupled = decoupled;
  }

  /** Learning rate 0.001, betas 0.9 and 0.999, epsilon 1e-8, no weight decay. */
  public static Adam of(List<Tensor> parameters) {
    return new Adam("adam", parameters, false, 0);
  }

  @Override
  public Adam learningRate(double rate) {
    super.learningRate(rate);
    return this;
  }

  /** What remains of the averages of gradients and of their squares, each in [0, 1). */
  public Adam betas(double beta1, double beta2) {
    options =
        new Options(
            fraction("beta1", beta1), fraction("beta2", beta2), options.epsilon, options.amsgrad);
    return this;
  }

  /** Keeps the divisor from 0; at least 0. */
  public Adam epsilon(double epsilon) {
    options =
        new Options(options.beta1, options.beta2, notNegative("epsilon", epsilon), options.amsgrad);
    return this;
  }

  /** Divides by the largest second moment so far; from the first step on or not at all. */
  public Adam amsgrad(boolean on) {
    options = new Options(options.beta1, options.beta2, options.epsilon, on);
    return this;
  }

  /** The decay of the first parameters. */
  public Adam weightDecay(double decay) {
    firstDecay(decay);
    return this;
  }

  /** More parameters, with their own factor on the learning rate and their own weight decay. */
  public Adam group(List<Tensor> parameters, double rateFactor, double weightDecay) {
    addGroup(parameters, rateFactor, weightDecay);
    return this;
  }

  /** Whether weight decay is AdamW's. */
  public boolean decoupled() {
    return decoupled;
  }

  @Override
  protected List<String> slots() {
    return List.of(FIRST, SECOND, LARGEST);
  }

  @Override
  protected List<String> slots(Tensor parameter, Map<String, Double> values) {
    return values.get("amsgrad") != 0 ? slots() : List.of(FIRST, SECOND);
  }

  @Override
  protected Map<String, Double> options() {
    Map<String, Double> m = new LinkedHashMap<>();
    m.put("beta1", options.beta1);
    m.put("beta2", options.beta2);
    m.put("epsilon", options.epsilon);
    m.put("amsgrad", options.amsgrad ? 1.0 : 0.0);
    m.put("decoupled", decoupled ? 1.0 : 0.0);
    return m;
  }

  @Override
  protected Runnable options(Map<String, Double> values) {
    Options o =
        new Options(
            fraction("beta1", values.get("beta1")),
            fraction("beta2", values.get("beta2")),
            notNegative("epsilon", values.get("epsilon")),
            values.get("amsgrad") != 0);
    if ((values.get("decoupled") != 0) != decoupled) {
      throw new IllegalArgumentException(
          (decoupled ? "adamw: the state is of adam" : "adam: the state is of adamw")
              + "; use the optimizer that it was saved from");
    }
    return () -> options = o;
  }

  @Override
  protected double[] stepNumbers(long step) {
    return new double[] {1 - Math.pow(options.beta1, step), 1 - Math.pow(options.beta2, step)};
  }

  @Override
  protected boolean updateMany(List<Parameter> parameters, List<Tensor> gradients) {
    Parameter p = parameters.get(0);
    if (options.amsgrad
        || !p.value()
            .backend()
            .adamMany(
                Together.slots(parameters, gradients, FIRST, SECOND),
                p.learningRate().view(),
                p.numbers().view(),
                options.beta1,
                options.beta2,
                options.epsilon,
                p.weightDecay(),
                decoupled)) {
      return false;
    }
    Together.changed(parameters);
    return true;
  }

  @Override
  protected void update(Parameter p, Tensor g) {
    Tensor w = p.value();
    Tensor m = p.slot(FIRST);
    Tensor v = p.slot(SECOND);
    double decay = p.weightDecay();
    if (!options.amsgrad
        && w.backend()
            .adam(
                w.view(),
                g.view(),
                m.view(),
                v.view(),
                p.learningRate().view(),
                p.numbers().view(),
                options.beta1,
                options.beta2,
                options.epsilon,
                decay,
                decoupled)) {
      w.view().buffer().changed();
      return;
    }
    Tensor start = decoupled ? p.shrunk() : p.exact();
    Tensor d = decoupled ? p.exact(g) : p.decayed(g);
    p.average(FIRST, options.beta1, d);
    p.average(SECOND, options.beta2, d.square());
    if (options.amsgrad) {
      Tensor largest = p.slot(LARGEST);
      largest.assign(largest.maximum(v));
      v = largest;
    }
    double correction1 = 1 - Math.pow(options.beta1, p.step());
    double correction2 = 1 - Math.pow(options.beta2, p.step());
    Tensor divisor = v.sqrt().mul(1 / Math.sqrt(correction2)).add(options.epsilon);
    w.assign(start.sub(m.mul(1 / correction1).div(divisor).mul(p.learningRate())));
  }
}
