package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.api.Test;

class PenaltiesTest {
  private static Tensor leaf(double[] v, int... shape) {
    return Tensor.of(v, shape).requiresGrad(true);
  }

  @Test
  void elasticNet() {
    try (Scope s = Scope.open()) {
      Tensor w = leaf(new double[] {1, -2}, 2);
      Tensor p = Regularizer.elasticNet(0.5, 0.4).penalty(List.of(w));
      // 0.5 (0.4 3 + 0.3 5)
      assertEquals(1.35, p.item(), 1e-15);
      // 0.5 (0.4 sign + 0.6 w)
      assertArrayEquals(new double[] {0.5, -0.8}, Autograd.grad(p, w).doubles(), 1e-15);
      assertThrows(IllegalArgumentException.class, () -> Regularizer.elasticNet(1, 1.1));
      assertThrows(IllegalArgumentException.class, () -> Regularizer.elasticNet(-1, 0.5));
    }
  }

  @Test
  void groupLasso() {
    try (Scope s = Scope.open()) {
      Tensor w = leaf(new double[] {3, 4, 0, 0, 0, 0.5}, 3, 2);
      Tensor b = leaf(new double[] {2, 0, 0, 0}, 4);
      Tensor p = Penalties.groupLasso(List.of(w, b), 0.1);
      assertEquals(0.1 * (Math.sqrt(2) * 5.5 + 4), p.item(), 1e-14);
      List<Tensor> g = Autograd.grad(p, List.of(w, b));
      double r = 0.1 * Math.sqrt(2);
      assertArrayEquals(new double[] {0.6 * r, 0.8 * r, 0, 0, 0, r}, g.get(0).doubles(), 1e-14);
      assertArrayEquals(new double[] {0.2, 0, 0, 0}, g.get(1).doubles(), 1e-14);
      Tensor filter = leaf(new double[] {3, 4, 0, 0, 0, 0.5}, 3, 1, 2, 1);
      assertEquals(r * 5.5, Penalties.groupLasso(List.of(filter), 0.1).item(), 1e-14);
      assertThrows(IllegalArgumentException.class, () -> Penalties.groupLasso(List.of(), 1));
      assertThrows(
          IllegalArgumentException.class, () -> Penalties.groupLasso(List.of(w), Double.NaN));
    }
  }

  @Test
  void orthogonal() {
    try (Scope s = Scope.open()) {
      Tensor w = leaf(new double[] {1, 0, 0, 2, 0, 1}, 3, 2);
      // columns (1, 0, 0), (0, 2, 1): the Gram matrix is diag(1, 5)
      assertEquals(16 * 0.5, Penalties.orthogonal(List.of(w), 0.5).item(), 1e-14);
      Tensor wide = leaf(new double[] {1, 0, 0, 0, 2, 1}, 2, 1, 3, 1);
      assertEquals(16, Penalties.orthogonal(List.of(wide), 1).item(), 1e-14);
      Tensor x = new Generator(1).normal(DType.F64, 3, 4).requiresGrad(true);
      // The gradient is 4 (W W^T - I) W.
      Tensor g = Autograd.grad(Penalties.orthogonal(List.of(x), 1), x);
      Tensor v = x.detach();
      Tensor e = v.matmul(v.transpose(0, 1)).sub(Tensor.eye(DType.F64, 3)).matmul(v).mul(4);
      assertArrayEquals(e.doubles(), g.doubles(), 1e-12);
      assertThrows(
          IllegalArgumentException.class,
          () -> Penalties.orthogonal(List.of(leaf(new double[] {1}, 1)), 1));
    }
  }

  /** For D(x) = a x + b |x|^2 / 2 the gradient is a + b x, so all is known by hand. */
  @Test
  void gradientPenalty() {
    try (Scope s = Scope.open()) {
      Tensor a = leaf(new double[] {1, -0.5, 2}, 3);
      Tensor b = leaf(new double[] {0.7}, 1);
      double[] rv = {1, 2, 3, 4, 5, 6};
      double[] fv = {0, 1, 0, -1, 2, 1};
      double[] part;
      try (Scope draw = Scope.open()) {
        part = new Generator(9).uniform(DType.F64, 2, 1).doubles();
      }
      Tensor p =
          Penalties.gradient(
              x -> x.mul(a).sum(1).add(x.square().sum(1).mul(b).mul(0.5)),
              Tensor.of(rv, 2, 3),
              Tensor.of(fv, 2, 3),
              1,
              10,
              new Generator(9));
      double expected = 0;
      double[] da = new double[3];
      double db = 0;
      double[] av = {1, -0.5, 2};
      for (int n = 0; n < 2; n++) {
        double[] g = new double[3];
        double[] x = new double[3];
        double square = 0;
        for (int i = 0; i < 3; i++) {
          x[i] = fv[3 * n + i] + part[n] * (rv[3 * n + i] - fv[3 * n + i]);
          g[i] = av[i] + 0.7 * x[i];
          square += g[i] * g[i];
        }
        double norm = Math.sqrt(square);
        expected += 10 * (norm - 1) * (norm - 1) / 2;
        for (int i = 0; i < 3; i++) {
          da[i] += 10 * (norm - 1) * g[i] / norm;
          db += 10 * (norm - 1) * g[i] / norm * x[i];
        }
      }
      assertEquals(expected, p.item(), 1e-9);
      List<Tensor> got = Autograd.grad(p, List.of(a, b));
      assertArrayEquals(da, got.get(0).doubles(), 1e-9);
      assertEquals(db, got.get(1).item(), 1e-9);
    }
  }

  @Test
  void gradientPenaltyOfANetworkCanBeTrained() {
    try (Scope s = Scope.open();
        Sequential critic =
            new Sequential(
                new Linear(3, 4, new Generator(1)),
                Activation.tanh(),
                new Linear(4, 1, new Generator(2)))) {
      critic.to(DType.F64);
      Tensor real = new Generator(3).normal(DType.F64, 5, 3);
      Tensor fake = new Generator(4).normal(DType.F64, 5, 3);
      Numeric.checkGradients(
          new Module() {
            {
              child("critic", critic);
            }

            @Override
            protected Tensor forward(Tensor x) {
              return Penalties.gradient(critic::apply, real, fake, 1, 10, new Generator(5))
                  .add(critic.apply(x).sum());
            }
          },
          2,
          3);
      String m =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      Penalties.gradient(
                          critic::apply, real, fake.slice(0, 0, 2), 1, 10, new Generator(5)))
              .getMessage();
      assertTrue(m.startsWith("gradientPenalty: needs real and fake samples"), m);
    }
  }
}
