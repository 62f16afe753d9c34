package org.jacana.prob;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;

/** One of k categories 0..k-1, with a row of probabilities or logits for each of the batch. */
public final class Categorical extends Distribution {
  private static final String NAME = "Categorical";
  private final Tensor probs;
  private final Tensor logits;
  private final int categories;

  /**
   * With probabilities [batch, k].
   *
   * @throws IllegalArgumentException unless they are between 0 and 1 and each row sums to 1
   */
  public Categorical(Tensor probs) {
    this(Params.simplex(NAME, "probs", probs), null, probs);
  }

  private Categorical(Tensor probs, Tensor logits, Tensor given) {
    super(NAME, given.shape().without(given.rank() - 1), Shape.scalar(), given);
    this.probs = probs;
    this.logits = logits;
    this.categories = given.shape().dim(-1);
  }

  /** With probabilities softmax(logits), logits [batch, k]. */
  public static Categorical ofLogits(Tensor logits) {
    return new Categorical(null, Params.logits(NAME, logits), logits);
  }

  /** One distribution with F64 probabilities made in the open scope. */
  public static Categorical of(double... probs) {
    return new Categorical(Tensor.of(probs, probs.length));
  }

  public int categories() {
    return categories;
  }

  /** [batch, k]. */
  public Tensor probs() {
    return probs == null ? logits.softmax(-1) : probs;
  }

  /** Logarithms of the probabilities, [batch, k]. */
  public Tensor logProbs() {
    return probs == null ? logits.logSoftmax(-1) : probs.log();
  }

  @Override
  public boolean hasRsample() {
    return false;
  }

  @Override
  protected Tensor draw(Generator g, int... shape) {
    int[] wide = Arrays.copyOf(shape, shape.length + 1);
    wide[shape.length] = categories;
    // The largest logarithm with Gumbel noise; never a category of probability 0.
    Tensor noise = g.uniform(dtype(), wide).maximum(1e-30).log().neg().log().neg();
    return noise.add(logProbs()).argmax(-1).to(dtype());
  }

  @Override
  protected Tensor logDensity(Tensor x) {
    Tensor inside = isCount(x).logicalAnd(x.lt(categories));
    int[] shape = Shape.broadcast(NAME, x.shape(), batchShape()).dims();
    int[] wide = Arrays.copyOf(shape, shape.length + 1);
    wide[shape.length] = categories;
    return within(
        x,
        inside,
        scalar(0),
        k -> {
          Tensor at = k.detach().to(DType.I32).expand(shape).unsqueeze(-1);
          Tensor rows = probs == null ? logits.logSoftmax(-1) : probs;
          Tensor row = rows.expand(wide).gather(-1, at).squeeze(-1);
          return probs == null ? row : row.log();
        });
  }

  @Override
  protected Tensor expectation() {
    return moment(1);
  }

  @Override
  protected Tensor spread() {
    return moment(2).sub(moment(1).square());
  }

  private Tensor moment(int n) {
    return probs().mul(Tensor.arange(categories).to(dtype()).pow(n)).sum(-1);
  }

  @Override
  protected Tensor cumulative(Tensor x) {
    Tensor counted = Tensor.arange(categories).to(dtype()).le(x.unsqueeze(-1)).to(dtype());
    return Tensor.where(x.isNaN(), x, probs().mul(counted).sum(-1));
  }

  @Override
  protected Tensor quantile(Tensor p) {
    Tensor below = probs().cumSum(-1).lt(p.unsqueeze(-1)).to(dtype()).sum(-1);
    Tensor k = below.minimum(categories - 1);
    return Tensor.where(p.ge(0).logicalAnd(p.le(1)), k, Double.NaN);
  }

  @Override
  protected Tensor differentialEntropy() {
    if (probs != null) {
      return probs.xlogy(probs).sum(-1).rsub(0);
    }
    // Probability 0 counts 0.
    return probs().mul(logProbs().maximum(-1e4)).sum(-1).neg();
  }
}
