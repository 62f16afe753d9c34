package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Optimizers against their definitions, written once more as plain loops over doubles. */
class TrajectoryTest {
  private static final int STEPS = 20;
  private static final int SIZE = 7;

  private static double[] random(Random r) {
    return r.doubles(SIZE, -2, 2).toArray();
  }

  /** PyTorch's documentation of torch.optim.SGD. */
  private static void sgd(
      double[] w,
      double[] m,
      double[] g,
      int t,
      double lr,
      double mu,
      double tau,
      double decay,
      boolean nesterov) {
    for (int i = 0; i < w.length; i++) {
      double d = g[i] + decay * w[i];
      if (mu != 0) {
        m[i] = t == 1 ? d : mu * m[i] + (1 - tau) * d;
        d = nesterov ? d + mu * m[i] : m[i];
      }
      w[i] -= lr * d;
    }
  }

  /** Algorithm 1 of Kingma and Ba 2015; algorithm 2 of Loshchilov and Hutter 2019 for AdamW. */
  private static void adam(
      double[] w,
      double[] m,
      double[] v,
      double[] g,
      int t,
      double lr,
      double b1,
      double b2,
      double eps,
      double decay,
      boolean decoupled) {
    for (int i = 0; i < w.length; i++) {
      double d = decoupled ? g[i] : g[i] + decay * w[i];
      if (decoupled) {
        w[i] -= lr * decay * w[i];
      }
      m[i] = b1 * m[i] + (1 - b1) * d;
      v[i] = b2 * v[i] + (1 - b2) * d * d;
      double mHat = m[i] / (1 - Math.pow(b1, t));
      double vHat = v[i] / (1 - Math.pow(b2, t));
      w[i] -= lr * mHat / (Math.sqrt(vHat) + eps);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, false",
    "0, 0, 0.1, false",
    "0.9, 0, 0, false",
    "0.9, 0, 0.01, false",
    "0.8, 0.3, 0, false",
    "0.8, 0.3, 0.05, false",
    "0.9, 0, 0, true",
    "0.7, 0, 0.02, true",
  })
  void sgdFollowsItsDefinition(double mu, double tau, double decay, boolean nesterov) {
    for (Device device : new Device[] {Device.CPU, Device.REFERENCE}) {
      Random r = new Random(11);
      double[] w = random(r);
      double[] m = new double[SIZE];
      try (Scope s = Scope.open(device)) {
        Tensor p = Tensor.of(w.clone());
        try (Sgd o =
            Sgd.of(List.of(p))
                .learningRate(0.05)
                .momentum(mu)
                .dampening(tau)
                .weightDecay(decay)
                .nesterov(nesterov)) {
          for (int t = 1; t <= STEPS; t++) {
            double[] g = random(r);
            double lr = 0.05 / t;
            o.learningRate(lr);
            o.step(List.of(Tensor.of(g)));
            sgd(w, m, g, t, lr, mu, tau, decay, nesterov);
            assertArrayEquals(w, p.doubles(), 1e-12, device + " step " + t);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.9, 0.999, 1e-8, 0, false",
    "0.9, 0.999, 1e-8, 0.1, false",
    "0.5, 0.9, 1e-3, 0.02, false",
    "0, 0.99, 0.1, 0, false",
    "0.9, 0.999, 1e-8, 0.01, true",
    "0.8, 0.95, 1e-4, 0.3, true",
    "0.9, 0.999, 1e-8, 0, true",
  })
  void adamFollowsItsDefinition(double b1, double b2, double eps, double decay, boolean decoupled) {
    for (Device device : new Device[] {Device.CPU, Device.REFERENCE}) {
      Random r = new Random(12);
      double[] w = random(r);
      double[] m = new double[SIZE];
      double[] v = new double[SIZE];
      try (Scope s = Scope.open(device)) {
        Tensor p = Tensor.of(w.clone());
        Adam o = decoupled ? AdamW.of(List.of(p)) : Adam.of(List.of(p));
        try (o) {
          o.learningRate(0.1).betas(b1, b2).epsilon(eps).weightDecay(decay);
          for (int t = 1; t <= STEPS; t++) {
            double[] g = random(r);
            o.step(List.of(Tensor.of(g)));
            adam(w, m, v, g, t, 0.1, b1, b2, eps, decay, decoupled);
            assertArrayEquals(w, p.doubles(), 1e-12, device + " step " + t);
          }
        }
      }
    }
  }

  @Test
  void float32FollowsFloat64() {
    Random r = new Random(13);
    try (Scope s = Scope.open()) {
      Tensor a = Tensor.of(random(r));
      Tensor b = a.to(DType.F32);
      try (Adam exact = Adam.of(List.of(a)).learningRate(0.01);
          Adam rounded = Adam.of(List.of(b)).learningRate(0.01)) {
        for (int t = 0; t < STEPS; t++) {
          Tensor g = Tensor.of(random(r));
          exact.step(List.of(g));
          rounded.step(List.of(g.to(DType.F32)));
        }
        assertArrayEquals(a.doubles(), b.doubles(), 1e-5);
      }
    }
  }

  @Test
  void sgdByHand() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {1});
      try (Sgd o = Sgd.of(List.of(w)).learningRate(0.1).momentum(0.5).weightDecay(0.5)) {
        // d = 2 + 0.5, m = 2.5, w = 1 - 0.25
        o.step(List.of(Tensor.of(new double[] {2})));
        assertEquals(0.75, w.item(), 1e-15);
        // d = 1 + 0.375, m = 1.25 + 1.375, w = 0.75 - 0.2625
        o.step(List.of(Tensor.of(new double[] {1})));
        assertEquals(0.4875, w.item(), 1e-15);
      }
      Tensor u = Tensor.of(new double[] {1});
      try (Sgd o = Sgd.of(List.of(u)).learningRate(0.1).momentum(0.5).nesterov(true)) {
        // m = 2, w = 1 - 0.1 (2 + 1)
        o.step(List.of(Tensor.of(new double[] {2})));
        assertEquals(0.7, u.item(), 1e-15);
        // m = 2, w = 0.7 - 0.1 (1 + 1)
        o.step(List.of(Tensor.of(new double[] {1})));
        assertEquals(0.5, u.item(), 1e-15);
      }
    }
  }

  @Test
  void adamByHand() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {1});
      try (Adam o = Adam.of(List.of(w)).learningRate(0.1).betas(0.5, 0.75).epsilon(0)) {
        // The first step is the rate times the sign.
        o.step(List.of(Tensor.of(new double[] {2})));
        assertEquals(0.9, w.item(), 1e-15);
        // m = 0.5 + 0.5 = 1, v = 0.75 + 0.25 = 1; m / 0.75, sqrt(v / 0.4375)
        o.step(List.of(Tensor.of(new double[] {1})));
        assertEquals(0.9 - 0.1 * (4.0 / 3) * 0.6614378277661477, w.item(), 1e-15);
      }
      Tensor u = Tensor.of(new double[] {1});
      try (Adam o = AdamW.of(List.of(u)).learningRate(0.1).weightDecay(0.5).epsilon(0)) {
        // 1 - 0.1 0.5 1 - 0.1
        o.step(List.of(Tensor.of(new double[] {3})));
        assertEquals(0.85, u.item(), 1e-15);
        // The same gradient again moves by the rate again: 0.85 - 0.0425 - 0.1.
        o.step(List.of(Tensor.of(new double[] {3})));
        assertEquals(0.7075, u.item(), 1e-12);
      }
    }
  }
}
