package org.jacana.optim.regression;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Transforms;
import org.jacana.linalg.Linalg;

/** -log likelihood + l2 |w|^2 / 2 as a function of the flat weights [rows * columns]. */
final class LogisticLoss {
  private final Tensor data;
  private final int[] y;
  private final int rows;
  private final int columns;
  private final boolean baseline;
  private final double l2;
  private final Tensor target;
  private final Tensor penalised;

  /** Tensors made here belong to the innermost scope, which must stay open. */
  LogisticLoss(Tensor data, int[] y, int rows, boolean baseline, double l2, boolean intercept) {
    this.data = data;
    this.y = y;
    this.rows = rows;
    this.baseline = baseline;
    this.l2 = l2;
    columns = data.shape().dim(1);
    target = Tensor.of(y).unsqueeze(1);
    double[] mask = new double[columns];
    Arrays.fill(mask, l2);
    if (intercept) {
      mask[columns - 1] = 0;
    }
    penalised = Tensor.of(mask);
  }

  /** Scores [n, K], those of class 0 all 0 with a baseline. */
  private Tensor scores(Tensor w) {
    Tensor z = data.matmul(w.reshape(rows, columns).transpose(0, 1));
    return baseline ? Tensor.concat(1, Tensor.zeros(DType.F64, y.length, 1), z) : z;
  }

  Tensor value(Tensor w) {
    Tensor loss = scores(w).logSoftmax(1).gather(1, target).sum().neg();
    if (l2 == 0) {
      return loss;
    }
    return loss.add(w.reshape(rows, columns).square().mul(penalised).sum().mul(0.5));
  }

  double logLikelihood(double[] w) {
    try (Scope scope = Scope.open(data.device());
        Autograd.Mode off = Autograd.noGrad()) {
      return scores(Tensor.of(w)).logSoftmax(1).gather(1, target).sum().item();
    }
  }

  /** Whether every example's own class has the highest score by far more than rounding. */
  boolean separates(double[] w) {
    double[] z;
    try (Scope scope = Scope.open(data.device());
        Autograd.Mode off = Autograd.noGrad()) {
      z = scores(Tensor.of(w)).doubles();
    }
    int k = z.length / y.length;
    for (int i = 0; i < y.length; i++) {
      for (int c = 0; c < k; c++) {
        if (c != y[i] && !(z[i * k + y[i]] > z[i * k + c] + 1e-6)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The square roots of the inverse Hessian's diagonal, [rows][columns]. */
  double[][] standardErrors(double[] w) {
    try (Scope scope = Scope.open(data.device());
        Autograd.Mode on = Autograd.enableGrad()) {
      Tensor h = Transforms.hessian(this::value, Tensor.of(w));
      double[] v = Linalg.inv(h).diagonal().sqrt().doubles();
      double[][] out = new double[rows][];
      for (int i = 0; i < rows; i++) {
        out[i] = Arrays.copyOfRange(v, i * columns, (i + 1) * columns);
      }
      return out;
    }
  }
}
