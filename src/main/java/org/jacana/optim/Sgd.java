package org.jacana.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Tensor;

/**
 * Stochastic gradient descent in PyTorch's form: g += decay w; m = momentum m + (1 - dampening) g,
 * with m = g at the first step; w -= rate m, or rate (g + momentum m) with Nesterov's momentum;
 * without momentum, w -= rate g.
 *
 * <p>With {@link #rateInVelocity} the velocity is a length, as in Sutskever et al. 2013: v =
 * momentum v + rate g, w -= v, or momentum v + rate g with Nesterov's momentum. Both are the same
 * while the rate stays the same; after a change PyTorch's form rescales the past and this one does
 * not.
 */
public final class Sgd extends Optimizer {
  private static final String MOMENTUM = "momentum_buffer";

  private Options options = new Options(0, 0, false, false);

  private record Options(
      double momentum, double dampening, boolean nesterov, boolean rateInVelocity) {}

  private Sgd(List<Tensor> parameters) {
    super("sgd", parameters, 0);
  }

  /** Learning rate 0.001, everything else off. */
  public static Sgd of(List<Tensor> parameters) {
    return new Sgd(parameters);
  }

  @Override
  public Sgd learningRate(double rate) {
    super.learningRate(rate);
    return this;
  }

  /** What remains of the last step's velocity, at least 0. */
  public Sgd momentum(double momentum) {
    options =
        new Options(
            notNegative("momentum", momentum),
            options.dampening,
            options.nesterov,
            options.rateInVelocity);
    return this;
  }

  /** The part of a new gradient that does not enter the velocity, 0 to 1. */
  public Sgd dampening(double dampening) {
    options =
        new Options(
            options.momentum, checkDampening(dampening), options.nesterov, options.rateInVelocity);
    return this;
  }

  private double checkDampening(double dampening) {
    if (!(dampening >= 0 && dampening <= 1)) {
      throw new IllegalArgumentException(
          "sgd: dampening must be between 0 and 1, got " + dampening);
    }
    return dampening;
  }

  /** Looks ahead along the velocity; needs momentum and no dampening. */
  public Sgd nesterov(boolean on) {
    options = new Options(options.momentum, options.dampening, on, options.rateInVelocity);
    return this;
  }

  /** Keeps velocities that contain the learning rate; needs momentum and no dampening. */
  public Sgd rateInVelocity(boolean on) {
    options = new Options(options.momentum, options.dampening, options.nesterov, on);
    return this;
  }

  /** The L2 coefficient of the first parameters. */
  public Sgd weightDecay(double decay) {
    firstDecay(decay);
    return this;
  }

  /** More parameters, with their own factor on the learning rate and their own weight decay. */
  public Sgd group(List<Tensor> parameters, double rateFactor, double weightDecay) {
    addGroup(parameters, rateFactor, weightDecay);
    return this;
  }

  @Override
  protected List<String> slots() {
    return List.of(MOMENTUM);
  }

  @Override
  protected List<String> slots(Tensor parameter, Map<String, Double> values) {
    return values.get("momentum") > 0 ? slots() : List.of();
  }

  @Override
  protected Map<String, Double> options() {
    Map<String, Double> m = new LinkedHashMap<>();
    m.put("momentum", options.momentum);
    m.put("dampening", options.dampening);
    m.put("nesterov", options.nesterov ? 1.0 : 0.0);
    m.put("rate_in_velocity", options.rateInVelocity ? 1.0 : 0.0);
    return m;
  }

  @Override
  protected Runnable options(Map<String, Double> values) {
    Options o =
        new Options(
            notNegative("momentum", values.get("momentum")),
            checkDampening(values.get("dampening")),
            values.get("nesterov") != 0,
            values.get("rate_in_velocity") != 0);
    return () -> options = o;
  }

  @Override
  protected void requireConsistent() {
    if ((options.nesterov || options.rateInVelocity)
        && (options.momentum == 0 || options.dampening != 0)) {
      throw new IllegalArgumentException(
          "sgd: "
              + (options.nesterov ? "nesterov" : "rateInVelocity")
              + " needs momentum above 0 and no dampening, got momentum "
              + options.momentum
              + " and dampening "
              + options.dampening);
    }
  }

  @Override
  protected boolean updateMany(List<Parameter> parameters, List<Tensor> gradients) {
    Parameter p = parameters.get(0);
    String slot = options.momentum > 0 ? MOMENTUM : null;
    if (options.rateInVelocity
        || !p.value()
            .backend()
            .sgdMany(
                Together.slots(parameters, gradients, slot, null),
                p.learningRate().view(),
                options.momentum,
                options.dampening,
                p.weightDecay(),
                options.nesterov,
                p.fresh())) {
      return false;
    }
    Together.changed(parameters);
    return true;
  }

  @Override
  protected void update(Parameter p, Tensor g) {
    Tensor w = p.value();
    Tensor m = options.momentum > 0 ? p.slot(MOMENTUM) : null;
    if (options.rateInVelocity) {
      Tensor length = p.decayed(g).mul(p.learningRate());
      m.assign(m.mul(options.momentum).add(length));
      w.assign(p.exact().sub(options.nesterov ? m.mul(options.momentum).add(length) : m));
      return;
    }
    if (w.backend()
        .sgd(
            w.view(),
            g.view(),
            m == null ? null : m.view(),
            p.learningRate().view(),
            options.momentum,
            options.dampening,
            p.weightDecay(),
            options.nesterov,
            p.fresh())) {
      w.view().buffer().changed();
      return;
    }
    Tensor d = p.weightDecay() == 0 ? g : g.add(w.mul(p.weightDecay()));
    if (m != null) {
      m.assign(p.fresh() ? d : m.mul(options.momentum).add(d.mul(1 - options.dampening)));
      d = options.nesterov ? d.add(m.mul(options.momentum)) : m;
    }
    w.assign(w.sub(d.mul(p.learningRate())));
  }
}
