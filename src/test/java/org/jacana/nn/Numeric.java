package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Central differences, to check the layers' gradients by. */
final class Numeric {
  private static final double STEP = 1e-5;

  private Numeric() {}

  /** Compares the gradients of a float64 module's parameters and input with differences. */
  static void checkGradients(Module module, int... input) {
    try (module;
        Scope scope = Scope.open()) {
      module.to(DType.F64);
      Tensor x = new Generator(5).normal(DType.F64, input).requiresGrad(true);
      Tensor y = module.apply(x);
      Tensor weights = new Generator(6).normal(DType.F64, y.shape().dims());
      List<Tensor> at = new ArrayList<>(module.parameters());
      at.add(x);
      Supplier<Tensor> loss = () -> module.apply(x).mul(weights).sum();
      List<Tensor> found = Autograd.grad(loss.get(), at);
      for (int i = 0; i < at.size(); i++) {
        double[] expected = differences(at.get(i), loss);
        assertArrayEquals(expected, found.get(i).doubles(), 1e-7, module + ", gradient " + i);
      }
    }
  }

  private static double[] differences(Tensor t, Supplier<Tensor> loss) {
    double[] values = t.doubles();
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      double v = values[i];
      double high = at(t, values, i, v + STEP, loss);
      double low = at(t, values, i, v - STEP, loss);
      values[i] = v;
      set(t, values);
      out[i] = (high - low) / (2 * STEP);
    }
    return out;
  }

  private static double at(Tensor t, double[] values, int i, double v, Supplier<Tensor> loss) {
    values[i] = v;
    set(t, values);
    try (Autograd.Mode off = Autograd.noGrad();
        Scope scope = Scope.open()) {
      return loss.get().item();
    }
  }

  private static void set(Tensor t, double[] values) {
    try (Scope scope = Scope.open()) {
      t.assign(Tensor.of(values, t.shape().dims()));
    }
  }

  static void assertShape(Tensor t, int... dims) {
    assertEquals(Shape.of(dims), t.shape());
  }

  /** Overwrites a parameter with 0.1, 0.2, and so on. */
  static void ramp(Tensor t) {
    double[] v = new double[(int) t.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = (i + 1) / 10.0;
    }
    try (Scope scope = Scope.open(t.device());
        Tensor f = Tensor.of(v, t.shape().dims())) {
      t.assign(f);
    }
  }
}
