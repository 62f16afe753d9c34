package org.jacana.optim;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacana.Tensor;

/**
 * Muon (Jordan et al. 2024) as in PyTorch for weights of two and more axes, {@link AdamW} for the
 * others. Of weights: m = momentum m + (1 - momentum) g; u = m, or momentum m + (1 - momentum) g
 * with Nesterov's momentum; w -= rate decay w + rate scale orthogonal(u).
 *
 * <p>orthogonal(u) takes [out, in], filters [O, KH, KW, C] as [O, KH KW C], to a matrix with
 * singular values near 1 by Newton-Schulz steps from x = u / max(|u|, 1e-7), the shorter side
 * first: a = x x^T, x = 3.4445 x + (-4.775 a + 2.0315 a a) x. The scale is sqrt(max(1, rows /
 * columns)), or, matching AdamW's size of steps, 0.2 sqrt(max(rows, columns)).
 */
public final class Muon extends Tunable<Muon> {
  private static final String MOMENTUM = "momentum_buffer";
  private static final String FIRST = "exp_avg";
  private static final String SECOND = "exp_avg_sq";
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final double SMALLEST_NORM = 1e-7;

  private final Set<Tensor> byAdam = Collections.newSetFromMap(new IdentityHashMap<>());

  private Muon(List<Tensor> parameters) {
    super("muon", parameters, 0.1);
    option("momentum", Range.FRACTION, 0.95);
    option("nesterov", Range.SWITCH, 1);
    option("match_adam", Range.SWITCH, 0);
    option("iterations", Range.COUNT, 5);
  }

  /**
   * Learning rate 0.001, weight decay 0.1, momentum 0.95, Nesterov's momentum, 5 iterations. AdamW
   * has betas 0.9 and 0.999 and epsilon 1e-8.
   */
  public static Muon of(List<Tensor> parameters) {
    return new Muon(parameters);
  }

  @Override
  Muon self() {
    return this;
  }

  /** More parameters that AdamW shall train whatever their shape: embeddings, the last layer. */
  public Muon adamGroup(List<Tensor> parameters, double rateFactor, double weightDecay) {
    addGroup(parameters, rateFactor, weightDecay);
    byAdam.addAll(parameters);
    return this;
  }

  /** What remains of the average gradient, in [0, 1). */
  public Muon momentum(double momentum) {
    return set("momentum", momentum);
  }

  /** Looks ahead along the momentum. */
  public Muon nesterov(boolean on) {
    return set("nesterov", on);
  }

  /** Makes the steps as large as AdamW's, so that its learning rate and decay fit. */
  public Muon matchAdam(boolean on) {
    return set("match_adam", on);
  }

  /** Newton-Schulz steps, 1 to 100. */
  public Muon iterations(int count) {
    return set("iterations", count);
  }

  @Override
  protected List<String> slots() {
    return List.of(MOMENTUM, FIRST, SECOND);
  }

  @Override
  protected List<String> slots(Tensor parameter, Map<String, Double> options) {
    return orthogonalizes(parameter) ? List.of(MOMENTUM) : List.of(FIRST, SECOND);
  }

  private boolean orthogonalizes(Tensor parameter) {
    return parameter.rank() >= 2 && !byAdam.contains(parameter);
  }

  @Override
  protected void update(Parameter p, Tensor gradient) {
    Tensor w = p.value();
    Tensor g = p.exact(gradient);
    if (!orthogonalizes(w)) {
      adam(p, g);
      return;
    }
    if (w.size() == 0) {
      return;
    }
    double momentum = get("momentum");
    Tensor m = p.average(MOMENTUM, momentum, g);
    Tensor u = on("nesterov") ? m.mul(momentum).add(g.mul(1 - momentum)) : m;
    u = u.flatten(1);
    double rows = u.shape().dim(0);
    double columns = u.shape().dim(1);
    double scale =
        on("match_adam")
            ? 0.2 * Math.sqrt(Math.max(rows, columns))
            : Math.sqrt(Math.max(1, rows / columns));
    Tensor move = orthogonal(u, (int) get("iterations")).reshape(w.shape()).mul(scale);
    w.assign(p.shrunk().sub(move.mul(p.learningRate())));
  }

  private static void adam(Parameter p, Tensor g) {
    Tensor m = p.average(FIRST, BETA1, g);
    Tensor v = p.average(SECOND, BETA2, g.square());
    double correction1 = 1 - Math.pow(BETA1, p.step());
    double correction2 = 1 - Math.pow(BETA2, p.step());
    Tensor divisor = v.sqrt().mul(1 / Math.sqrt(correction2)).add(EPSILON);
    Tensor move = m.mul(1 / correction1).div(divisor).mul(p.learningRate());
    p.value().assign(p.shrunk().sub(move));
  }

  private static Tensor orthogonal(Tensor u, int iterations) {
    boolean tall = u.shape().dim(0) > u.shape().dim(1);
    Tensor x = tall ? u.transpose(0, 1) : u;
    x = x.div(x.square().sum().sqrt().maximum(SMALLEST_NORM));
    for (int i = 0; i < iterations; i++) {
      Tensor a = x.matmul(x.transpose(0, 1));
      Tensor b = a.mul(-4.7750).add(a.matmul(a).mul(2.0315));
      x = x.mul(3.4445).add(b.matmul(x));
    }
    return tall ? x.transpose(0, 1) : x;
  }
}
