package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LbfgsTest {
  /** Rosenbrock's function of four variables. */
  private static Tensor rosenbrock(Tensor w) {
    Tensor a = w.slice(0, 0, 3);
    Tensor b = w.slice(0, 1, 4);
    return b.sub(a.square()).square().mul(100).add(a.rsub(1).square()).sum();
  }

  private static double value(double[] w) {
    double f = 0;
    for (int i = 0; i < 3; i++) {
      f += 100 * Math.pow(w[i + 1] - w[i] * w[i], 2) + Math.pow(1 - w[i], 2);
    }
    return f;
  }

  private static double[] gradient(double[] w) {
    double[] g = new double[4];
    for (int i = 0; i < 3; i++) {
      double r = w[i + 1] - w[i] * w[i];
      g[i] += -400 * r * w[i] - 2 * (1 - w[i]);
      g[i + 1] += 200 * r;
    }
    return g;
  }

  private static double dot(double[] a, double[] b) {
    double s = 0;
    for (int i = 0; i < a.length; i++) {
      s += a[i] * b[i];
    }
    return s;
  }

  private static double[] minus(double[] a, double[] b) {
    double[] c = new double[a.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = a[i] - b[i];
    }
    return c;
  }

  /** The dense inverse Hessian of BFGS (Nocedal and Wright, equation 6.17) from the last pairs. */
  private static double[][] inverse(List<double[]> ss, List<double[]> ys, int history) {
    int n = 4;
    double[][] h = new double[n][n];
    int count = ss.size();
    double gamma = 1;
    if (count > 0) {
      double[] y = ys.get(count - 1);
      gamma = dot(ss.get(count - 1), y) / dot(y, y);
    }
    for (int i = 0; i < n; i++) {
      h[i][i] = gamma;
    }
    for (int k = Math.max(0, count - history); k < count; k++) {
      double[] s = ss.get(k);
      double[] y = ys.get(k);
      double rho = 1 / dot(s, y);
      double[][] next = new double[n][n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double sum = rho * s[i] * s[j];
          for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
              double left = (i == a ? 1 : 0) - rho * s[i] * y[a];
              double right = (b == j ? 1 : 0) - rho * y[b] * s[j];
              sum += left * h[a][b] * right;
            }
          }
          next[i][j] = sum;
        }
      }
      h = next;
    }
    return h;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 100})
  void stepsGoAlongTheDenseDirectionAndSatisfyWolfe(int history) {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {-1.2, 1, -0.5, 0.8}).requiresGrad(true);
      Lbfgs o = Lbfgs.of(List.of(w)).history(history).iterations(1, 50).tolerances(0, 0);
      List<double[]> ss = new ArrayList<>();
      List<double[]> ys = new ArrayList<>();
      for (int k = 0; k < 25; k++) {
        double[] from = w.doubles();
        double[] g = gradient(from);
        double loss = o.step(() -> rosenbrock(w));
        assertEquals(value(from), loss, 1e-12 * Math.max(1, loss));
        double[] to = w.doubles();
        double[][] h = inverse(ss, ys, history);
        double[] d = new double[4];
        for (int i = 0; i < 4; i++) {
          d[i] = -dot(h[i], g);
        }
        double[] moved = minus(to, from);
        double t = dot(moved, d) / dot(d, d);
        assertTrue(t > 0);
        for (int i = 0; i < 4; i++) {
          assertEquals(t * d[i], moved[i], 1e-8 * t * Math.sqrt(dot(d, d)), "step " + k);
        }
        double slope = dot(g, d);
        assertTrue(value(to) <= value(from) + 1e-4 * t * slope * (1 - 1e-9), "step " + k);
        assertTrue(Math.abs(dot(gradient(to), d)) <= 0.9 * -slope * (1 + 1e-9), "step " + k);
        ss.add(moved);
        ys.add(minus(gradient(to), g));
      }
    }
  }

  @Test
  void aSavedStateContinuesTheSameWay() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {-1.2, 1, -0.5, 0.8}).requiresGrad(true);
      Tensor v = Tensor.of(new double[] {0, 0, 0, 0}).requiresGrad(true);
      Lbfgs o = Lbfgs.of(List.of(w)).history(4).iterations(1, 50).tolerances(0, 0);
      Lbfgs p = Lbfgs.of(List.of(v));
      for (int k = 0; k < 12; k++) {
        if (k == 6) {
          v.assign(w);
          p.load(o.state());
        }
        double loss = o.step(() -> rosenbrock(w));
        if (k >= 6) {
          assertEquals(loss, p.step(() -> rosenbrock(v)));
          assertArrayEquals(w.doubles(), v.doubles(), "step " + k);
        }
      }
      Optimizer.State state = o.state();
      assertEquals(8, state.tensors().size());
      Optimizer.State none = new Optimizer.State(java.util.Map.of(), state.scalars());
      assertThrows(IllegalArgumentException.class, () -> p.load(none));
      Lbfgs other = Lbfgs.of(List.of(Tensor.zeros(3).requiresGrad(true)));
      String message =
          assertThrows(IllegalArgumentException.class, () -> other.load(state)).getMessage();
      assertTrue(message.contains("belongs to other parameters"), message);
    }
  }

  @Test
  void findsTheMinimumInOneCall() {
    try (Scope s = Scope.open()) {
      Tensor a = Tensor.of(new double[] {-1.2, 1}).requiresGrad(true);
      Tensor b = Tensor.of(new double[] {-0.5, 0.8}, 1, 2).requiresGrad(true);
      Supplier<Tensor> loss = () -> rosenbrock(Tensor.concat(0, a, b.reshape(2)));
      Lbfgs o = Lbfgs.of(List.of(a, b)).iterations(200, 25).tolerances(1e-10, 0);
      o.step(loss);
      assertArrayEquals(new double[] {1, 1}, a.doubles(), 1e-8);
      assertArrayEquals(new double[] {1, 1}, b.doubles(), 1e-8);
      long live = a.backend().liveBytes();
      a.assign(Tensor.of(new double[] {0, 0}));
      o.reset();
      o.step(loss);
      // 16 bytes are the zeros just assigned.
      assertEquals(live + 16, a.backend().liveBytes());
    }
  }

  /** Softmax regression is convex: the gradient at the end is zero. */
  @Test
  void trainsALayerInFloat32() {
    try (Scope s = Scope.open();
        Linear layer = new Linear(2, 2, new org.jacana.Generator(1))) {
      Tensor x = Tensor.of(new float[] {0, 0, 1, 0, 0, 1, 1, 1, 0.5f, 0.4f}, 5, 2);
      Tensor y = Tensor.of(new int[] {0, 0, 1, 1, 0});
      Lbfgs o = Lbfgs.of(layer.parameters()).iterations(50, 25);
      Supplier<Tensor> loss =
          () -> Losses.crossEntropy(layer.apply(x), y).add(layer.weight().square().sum().mul(0.05));
      double before = o.step(loss);
      try (Scope step = Scope.open()) {
        Tensor after = loss.get();
        assertTrue(after.item() < before);
        after.backward();
      }
      assertEquals(0, Clip.byNorm(Clip.gradients(layer.parameters()), 1), 1e-4);
      layer.zeroGrad();
    }
  }

  @Test
  void aLossThatFailsChangesNothing() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {-1.2, 1, -0.5, 0.8}).requiresGrad(true);
      Lbfgs o = Lbfgs.of(List.of(w));
      int[] calls = {0};
      assertThrows(
          IllegalStateException.class,
          () ->
              o.step(
                  () -> {
                    if (++calls[0] == 5) {
                      throw new IllegalStateException("broken");
                    }
                    return rosenbrock(w);
                  }));
      assertArrayEquals(new double[] {-1.2, 1, -0.5, 0.8}, w.doubles());
      String m =
          assertThrows(ArithmeticException.class, () -> o.step(() -> w.mul(Double.NaN).sum()))
              .getMessage();
      assertTrue(m.startsWith("lbfgs: the loss is NaN"), m);
      // A wall: outside |w| < 1.5 the loss is NaN, and the search goes around it.
      Tensor v = Tensor.of(new double[] {1.4}).requiresGrad(true);
      Lbfgs.of(List.of(v)).learningRate(100).step(() -> v.square().rsub(2.25).log().neg().sum());
      assertEquals(0, v.item(), 1e-5);
    }
  }

  @Test
  void wrongUseIsRefused() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.zeros(DType.F64, 2).requiresGrad(true);
      assertThrows(IllegalArgumentException.class, () -> Lbfgs.of(List.of()));
      assertThrows(IllegalArgumentException.class, () -> Lbfgs.of(List.of(w, w)));
      String m =
          assertThrows(IllegalArgumentException.class, () -> Lbfgs.of(List.of(Tensor.zeros(2))))
              .getMessage();
      assertTrue(m.startsWith("lbfgs: parameter 0 [2] must be a leaf that requires"), m);
      Lbfgs o = Lbfgs.of(List.of(w));
      assertThrows(IllegalArgumentException.class, () -> o.learningRate(0));
      assertThrows(IllegalArgumentException.class, () -> o.learningRate(Double.NaN));
      assertThrows(IllegalArgumentException.class, () -> o.history(0));
      assertThrows(IllegalArgumentException.class, () -> o.iterations(0, 1));
      assertThrows(IllegalArgumentException.class, () -> o.iterations(1, 0));
      assertThrows(IllegalArgumentException.class, () -> o.tolerances(-1, 0));
      assertThrows(IllegalArgumentException.class, () -> o.tolerances(0, Double.NaN));
    }
  }
}
