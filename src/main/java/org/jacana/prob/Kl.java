package org.jacana.prob;

import java.util.HashMap;
import java.util.Map;
import org.jacana.Generator;
import org.jacana.Tensor;
import org.jacana.linalg.Linalg;

/**
 * The Kullback-Leibler divergence of two distributions of one family, in nats: in closed form, or
 * as a mean over samples.
 */
public final class Kl {
  private interface Rule<P> {
    Tensor apply(P p, P q);
  }

  private static final Map<Class<?>, Rule<Distribution>> RULES = new HashMap<>();

  private static <P extends Distribution> void rule(Class<P> type, Rule<P> rule) {
    RULES.put(type, (p, q) -> rule.apply(type.cast(p), type.cast(q)));
  }

  static {
    rule(Normal.class, (p, q) -> normal(p.loc(), p.scale(), q.loc(), q.scale()));
    rule(LogNormal.class, (p, q) -> normal(p.loc(), p.scale(), q.loc(), q.scale()));
    rule(Laplace.class, Kl::laplace);
    rule(Uniform.class, Kl::uniform);
    rule(Exponential.class, Kl::exponential);
    rule(Gamma.class, Kl::gamma);
    rule(Beta.class, (p, q) -> dirichlet(Tensor.stack(-1, pair(p)), Tensor.stack(-1, pair(q))));
    rule(Dirichlet.class, (p, q) -> dirichlet(p.concentration(), q.concentration()));
    rule(Bernoulli.class, (p, q) -> bernoulli(p.probs(), q.probs()));
    rule(Binomial.class, Kl::binomial);
    rule(Categorical.class, (p, q) -> rows(p.probs(), q.probs()));
    rule(Multinomial.class, Kl::multinomial);
    rule(Poisson.class, (p, q) -> parts(p.rate(), q.rate()));
    rule(MultivariateNormal.class, Kl::multivariate);
    rule(LowRankMultivariateNormal.class, (p, q) -> multivariate(p.dense(), q.dense()));
    rule(Independent.class, Kl::independent);
    rule(DiagonalNormal.class, Kl::independent);
  }

  private Kl() {}

  /**
   * D(p || q) of shape [batch], infinite where p has mass that q lacks; differentiable.
   *
   * @throws UnsupportedOperationException if there is no closed form; see {@link #monteCarlo}
   */
  public static Tensor divergence(Distribution p, Distribution q) {
    Rule<Distribution> rule = RULES.get(p.getClass());
    if (rule == null || p.getClass() != q.getClass()) {
      throw new UnsupportedOperationException(
          "Kl.divergence: no closed form for "
              + p.name()
              + " and "
              + q.name()
              + "; estimate it with Kl.monteCarlo");
    }
    if (!p.eventShape().equals(q.eventShape())) {
      throw new IllegalArgumentException(
          "Kl.divergence: the events must have one shape, got " + p + " and " + q);
    }
    return p.on(() -> rule.apply(p, q));
  }

  /** D(p || q) as the mean of log p(x) - log q(x) over n samples x of p. */
  public static MonteCarlo.Estimate monteCarlo(Distribution p, Distribution q, int n, Generator g) {
    return MonteCarlo.expectation(p, x -> p.logProb(x).sub(q.logProb(x)), n, g);
  }

  private static Tensor normal(Tensor m, Tensor s, Tensor n, Tensor t) {
    Tensor ratio = s.div(t).square();
    Tensor off = m.sub(n).div(t).square();
    return ratio.add(off).sub(1).sub(ratio.log()).mul(0.5);
  }

  private static Tensor laplace(Laplace p, Laplace q) {
    Tensor off = p.loc().sub(q.loc()).abs();
    Tensor ratio = p.scale().div(q.scale());
    Tensor tail = ratio.mul(off.div(p.scale()).neg().exp());
    return tail.add(off.div(q.scale())).sub(ratio.log()).sub(1);
  }

  private static Tensor uniform(Uniform p, Uniform q) {
    Tensor inside = q.low().le(p.low()).logicalAnd(p.high().le(q.high()));
    Tensor kl = q.high().sub(q.low()).div(p.high().sub(p.low())).log();
    return Tensor.where(inside, kl, Double.POSITIVE_INFINITY);
  }

  private static Tensor exponential(Exponential p, Exponential q) {
    Tensor ratio = q.rate().div(p.rate());
    return ratio.sub(ratio.log()).sub(1);
  }

  private static Tensor gamma(Gamma p, Gamma q) {
    Tensor a = p.concentration();
    Tensor b = q.concentration();
    Tensor shapes = a.sub(b).mul(a.digamma()).sub(a.lgamma()).add(b.lgamma());
    Tensor rates = b.mul(p.rate().div(q.rate()).log());
    return shapes.add(rates).add(a.mul(q.rate().div(p.rate()).sub(1)));
  }

  private static Tensor[] pair(Beta b) {
    Tensor one = b.concentration1().expand(b.batchShape());
    return new Tensor[] {one, b.concentration0().expand(b.batchShape())};
  }

  private static Tensor dirichlet(Tensor a, Tensor b) {
    Tensor total = a.sum(new int[] {-1}, true);
    Tensor norm = total.squeeze(-1).lgamma().sub(b.sum(-1).lgamma());
    Tensor each = a.lgamma().sub(b.lgamma()).sum(-1);
    return norm.sub(each).add(a.sub(b).mul(a.digamma().sub(total.digamma())).sum(-1));
  }

  /** p log(p / q) - p + q, the divergence of two Poisson rates; its sums are those of rows. */
  private static Tensor parts(Tensor p, Tensor q) {
    return part(p, q).sub(p).add(q);
  }

  private static Tensor part(Tensor p, Tensor q) {
    Tensor impossible = p.gt(0).logicalAnd(q.le(0));
    Tensor one = q.onesLike();
    Tensor kl = p.xlogy(p).sub(p.xlogy(Tensor.where(impossible, one, q)));
    return Tensor.where(impossible, kl.zerosLike().add(Double.POSITIVE_INFINITY), kl);
  }

  /** The divergence of rows of probabilities [..., k]. */
  static Tensor rows(Tensor p, Tensor q) {
    if (p.shape().dim(-1) != q.shape().dim(-1)) {
      throw new IllegalArgumentException(
          "Kl.divergence: needs as many categories in both, got "
              + p.shape()
              + " and "
              + q.shape());
    }
    return part(p, q).sum(-1);
  }

  private static Tensor bernoulli(Tensor p, Tensor q) {
    return part(p, q).add(part(p.rsub(1), q.rsub(1)));
  }

  private static Tensor binomial(Binomial p, Binomial q) {
    sameCount(p, p.totalCount(), q.totalCount());
    return bernoulli(p.probs(), q.probs()).mul(p.totalCount());
  }

  private static Tensor multinomial(Multinomial p, Multinomial q) {
    sameCount(p, p.totalCount(), q.totalCount());
    return rows(p.probs(), q.probs()).mul(p.totalCount());
  }

  private static void sameCount(Distribution p, int m, int n) {
    if (m != n) {
      throw new IllegalArgumentException(
          "Kl.divergence: " + p.name() + " needs equal totalCount, got " + m + " and " + n);
    }
  }

  private static Tensor multivariate(MultivariateNormal p, MultivariateNormal q) {
    Tensor l = q.scaleTril();
    Tensor turned = Linalg.solveTriangular(l, p.scaleTril(), false);
    Tensor off = p.loc().sub(q.loc()).unsqueeze(-1);
    Tensor squares = Linalg.solveTriangular(l, off, false).square().sum(-1, -2);
    Tensor trace = turned.square().sum(-1, -2);
    Tensor logs = q.halfLogDet().sub(p.halfLogDet());
    return trace.add(squares).sub(p.eventShape().dim(0)).mul(0.5).add(logs);
  }

  private static Tensor independent(Independent p, Independent q) {
    if (p.axes() != q.axes()) {
      throw new IllegalArgumentException(
          "Kl.divergence: needs as many event axes in both, got " + p.axes() + " and " + q.axes());
    }
    return p.total(divergence(p.base(), q.base()));
  }
}
