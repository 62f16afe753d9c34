package org.jacana.prob;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * A classifier whose features are independent normal numbers given the class. Its tensors belong to
 * the scope it was fitted in.
 *
 * @param prior the parts of the classes [c]
 * @param means [c, d]
 * @param variances [c, d]
 */
public record GaussianNaiveBayes(Tensor prior, Tensor means, Tensor variances) {
  /**
   * Fits means and variances (divisor n) of each class, and adds 1e-9 of the largest variance of a
   * feature to all of them, as scikit-learn does.
   *
   * @param x F32 or F64 [n, d]
   * @param y I32 classes 0..classes-1, [n]; each must occur
   */
  public static GaussianNaiveBayes fit(Tensor x, Tensor y, int classes) {
    String op = "GaussianNaiveBayes.fit";
    Params.finite(op, "x", x);
    if (x.rank() != 2
        || x.size() == 0
        || y.dtype() != DType.I32
        || y.rank() != 1
        || y.shape().dim(0) != x.shape().dim(0)) {
      throw new IllegalArgumentException(
          op
              + ": needs x [n, d] and I32 y [n], got "
              + x.shape()
              + " and "
              + y.dtype()
              + " "
              + y.shape());
    }
    int[] counts = new int[Math.max(0, classes)];
    for (int c : y.ints()) {
      if (c < 0 || c >= classes) {
        throw new IllegalArgumentException(
            op + ": classes must be in 0.." + (classes - 1) + ", got " + c);
      }
      counts[c]++;
    }
    for (int c = 0; c < classes; c++) {
      if (counts[c] == 0) {
        throw new IllegalArgumentException(op + ": class " + c + " does not occur in y");
      }
    }
    try (Scope s = Scope.open(x.device());
        Autograd.Mode off = Autograd.noGrad()) {
      double[] n = Arrays.stream(counts).asDoubleStream().toArray();
      Tensor size = Tensor.of(n, classes).to(x.dtype());
      Tensor member = y.unsqueeze(0).eq(Tensor.arange(classes).unsqueeze(-1)).to(x.dtype());
      Tensor means = member.matmul(x).div(size.unsqueeze(-1));
      Tensor squares = x.sub(means.indexSelect(0, y)).square();
      Tensor variances = member.matmul(squares).div(size.unsqueeze(-1));
      double floor = 1e-9 * x.var(new int[] {0}, false, 0).max().item();
      if (!(floor > 0)) {
        throw new IllegalArgumentException(op + ": every feature is constant");
      }
      return new GaussianNaiveBayes(
          s.keep(size.div(x.shape().dim(0))), s.keep(means), s.keep(variances.add(floor)));
    }
  }

  /** log P(class, features), [n, c], of rows [n, d]. */
  public Tensor jointLogProb(Tensor x) {
    if (x.rank() != 2 || x.shape().dim(1) != means.shape().dim(1) || x.dtype() != means.dtype()) {
      throw new IllegalArgumentException(
          "GaussianNaiveBayes: needs "
              + means.dtype()
              + " rows [n, "
              + means.shape().dim(1)
              + "], got "
              + x.dtype()
              + " "
              + x.shape());
    }
    return Scope.tidy(
        () -> {
          Tensor off = x.unsqueeze(1).sub(means).square().div(variances);
          Tensor logs = variances.mul(2 * Math.PI).log();
          return off.add(logs).sum(-1).mul(-0.5).add(prior.log());
        });
  }

  /** log P(class | features), [n, c]. */
  public Tensor predictLogProb(Tensor x) {
    return Scope.tidy(() -> jointLogProb(x).logSoftmax(-1));
  }

  /** The most probable class of each row, I32 [n]. */
  public Tensor predict(Tensor x) {
    return Scope.tidy(() -> jointLogProb(x).argmax(-1));
  }
}
