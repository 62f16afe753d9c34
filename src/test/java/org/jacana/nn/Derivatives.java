package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Compares derivatives through a float64 module's parameters with central differences. */
final class Derivatives {
  private static final double STEP = 1e-5;

  private Derivatives() {}

  /** Orders 1 and 2 of a weighted sum of {@code f} at a module's parameters and other leaves. */
  static void check(Module module, Supplier<Tensor> f, Tensor... others) {
    List<Tensor> leaves = new ArrayList<>(module.parameters());
    leaves.addAll(List.of(others));
    check(leaves, () -> weighted(f.get(), 40));
  }

  private static void check(List<Tensor> leaves, Supplier<Tensor> loss) {
    agree(leaves, loss, 1);
    agree(
        leaves,
        () -> {
          Tensor y = loss.get();
          List<Tensor> gs = Autograd.grad(y.add(y.square().mul(0.125)), leaves, true);
          Tensor sum = Tensor.full(DType.F64, 0);
          for (int i = 0; i < gs.size(); i++) {
            sum = sum.add(weighted(gs.get(i), 41 + i));
          }
          return sum;
        },
        2);
  }

  private static Tensor weighted(Tensor y, int key) {
    return y.mul(new Generator(key).normal(DType.F64, y.shape().dims())).sum();
  }

  private static void agree(List<Tensor> leaves, Supplier<Tensor> loss, int order) {
    List<double[]> plain = gradients(leaves, loss, false);
    List<double[]> recorded = gradients(leaves, loss, true);
    for (int i = 0; i < leaves.size(); i++) {
      String what = "order " + order + ", leaf " + i + " " + leaves.get(i).shape();
      double[] expected = differences(leaves.get(i), loss);
      double size = 1;
      for (double d : expected) {
        size = Math.max(size, Math.abs(d));
      }
      assertArrayEquals(expected, plain.get(i), 2e-7 * size, what);
      assertArrayEquals(plain.get(i), recorded.get(i), 1e-11 * size, what + ", recorded");
    }
  }

  private static List<double[]> gradients(
      List<Tensor> leaves, Supplier<Tensor> loss, boolean record) {
    try (Scope s = Scope.open()) {
      return Autograd.grad(loss.get(), leaves, record).stream().map(Tensor::doubles).toList();
    }
  }

  private static double[] differences(Tensor t, Supplier<Tensor> loss) {
    double[] values = t.doubles();
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      double v = values[i];
      double high = at(t, values, i, v + STEP, loss);
      double low = at(t, values, i, v - STEP, loss);
      at(t, values, i, v, null);
      out[i] = (high - low) / (2 * STEP);
    }
    return out;
  }

  private static double at(Tensor t, double[] values, int i, double v, Supplier<Tensor> loss) {
    values[i] = v;
    try (Scope s = Scope.open()) {
      t.assign(Tensor.of(values, t.shape().dims()));
      return loss == null ? 0 : loss.get().item();
    }
  }
}
