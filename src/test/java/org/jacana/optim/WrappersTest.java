package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lookahead, averages and sharpness-aware steps against loops over doubles. */
class WrappersTest {
  private static Tensor of(double... v) {
    return Tensor.of(v);
  }

  @Test
  void lookaheadFollowsItsDefinitionAndContinues() {
    Random r = new Random(1);
    try (Scope s = Scope.open()) {
      Tensor p = of(1, -2);
      Tensor q = of(0, 0);
      double[] w = {1, -2};
      double[] slow = {1, -2};
      try (Sgd o = Sgd.of(List.of(p)).learningRate(0.1);
          Sgd o2 = Sgd.of(List.of(q)).learningRate(0.1);
          Lookahead look = new Lookahead(o, 0.3, 4);
          Lookahead look2 = new Lookahead(o2, 0.3, 4)) {
        for (int t = 1; t <= 24; t++) {
          double[] g = r.doubles(2, -1, 1).toArray();
          look.step(List.of(of(g)));
          for (int i = 0; i < 2; i++) {
            w[i] -= 0.1 * g[i];
            if (t % 4 == 0) {
              slow[i] += 0.3 * (w[i] - slow[i]);
              w[i] = slow[i];
            }
          }
          assertArrayEquals(w, p.doubles(), 1e-12, "step " + t);
          if (t == 10) {
            q.assign(p);
            look2.load(look.state());
          } else if (t > 10) {
            look2.step(List.of(of(g)));
            assertArrayEquals(p.doubles(), q.doubles());
          }
        }
        Optimizer.State bad = new Optimizer.State(Map.of(), look.state().scalars());
        assertThrows(IllegalArgumentException.class, () -> look2.load(bad));
        assertThrows(IllegalArgumentException.class, () -> new Lookahead(o, 0, 4));
        assertThrows(IllegalArgumentException.class, () -> new Lookahead(o, Double.NaN, 4));
        assertThrows(IllegalArgumentException.class, () -> new Lookahead(o, 0.5, 0));
      }
    }
  }

  @Test
  void lookaheadFollowsTheOptimizersOwnSteps() {
    try (Scope s = Scope.open()) {
      Tensor p = of(4);
      try (Sgd o = Sgd.of(List.of(p)).learningRate(1)) {
        try (Lookahead look = new Lookahead(o, 0.5, 2)) {
          o.step(List.of(of(1)));
          o.step(List.of(of(1)));
          assertArrayEquals(new double[] {3}, p.doubles());
          String message =
              assertThrows(IllegalStateException.class, () -> new Lookahead(o, 0.5, 2))
                  .getMessage();
          assertTrue(message.contains("is wrapped already"), message);
        }
        o.step(List.of(of(1)));
        o.step(List.of(of(1)));
        assertArrayEquals(new double[] {1}, p.doubles());
        new Lookahead(o, 0.5, 2).close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"exponential", "corrected", "mean"})
  void averagesFollowTheirDefinition(String kind) {
    Random r = new Random(2);
    try (Scope s = Scope.open()) {
      Tensor p = of(5, -5);
      double[] raw = kind.equals("exponential") ? new double[] {5, -5} : new double[2];
      try (WeightAverage a = make(kind, p);
          WeightAverage b = make(kind, p)) {
        assertArrayEquals(new double[] {5, -5}, a.values().get(0).doubles());
        for (int t = 1; t <= 25; t++) {
          double[] w = r.doubles(2, -1, 1).toArray();
          p.assign(of(w));
          a.update();
          double[] expected = new double[2];
          for (int i = 0; i < 2; i++) {
            raw[i] = kind.equals("mean") ? raw[i] + w[i] : 0.8 * raw[i] + (1 - 0.8) * w[i];
            expected[i] =
                switch (kind) {
                  case "mean" -> raw[i] / t;
                  case "corrected" -> raw[i] / (1 - Math.pow(0.8, t));
                  default -> raw[i];
                };
          }
          assertArrayEquals(expected, a.values().get(0).doubles(), 1e-12, "update " + t);
          try (WeightAverage.Use use = a.use()) {
            assertArrayEquals(expected, p.doubles(), 1e-12);
            assertThrows(IllegalStateException.class, a::update);
            assertThrows(IllegalStateException.class, a::use);
            use.close();
            assertArrayEquals(w, p.doubles());
          }
          assertArrayEquals(w, p.doubles());
          if (t == 12) {
            b.load(a.state());
          } else if (t > 12) {
            b.update();
            assertArrayEquals(a.values().get(0).doubles(), b.values().get(0).doubles());
          }
        }
        assertThrows(
            IllegalArgumentException.class,
            () -> a.load(new Optimizer.State(Map.of("0.average", of(1)), a.state().scalars())));
      }
    }
  }

  private static WeightAverage make(String kind, Tensor p) {
    return switch (kind) {
      case "mean" -> WeightAverage.mean(List.of(p));
      case "corrected" -> WeightAverage.corrected(List.of(p), 0.8);
      default -> WeightAverage.exponential(List.of(p), 0.8);
    };
  }

  @Test
  void averagesOfSmallTypesAreFloat32() {
    try (Scope s = Scope.open()) {
      Tensor p = Tensor.full(DType.BF16, 1, 2);
      try (WeightAverage a = WeightAverage.exponential(List.of(p), 0.999)) {
        p.assign(Tensor.full(DType.BF16, 2, 2));
        a.update();
        assertEquals(DType.F32, a.values().get(0).dtype());
        assertEquals(1.001, a.values().get(0).doubles()[0], 1e-6);
        try (WeightAverage.Use use = a.use()) {
          assertEquals(1, p.doubles()[0]);
        }
        assertEquals(2, p.doubles()[0]);
      }
      for (double bad : new double[] {-0.1, 1, Double.NaN}) {
        assertThrows(
            IllegalArgumentException.class, () -> WeightAverage.exponential(List.of(p), bad));
        assertThrows(
            IllegalArgumentException.class, () -> WeightAverage.corrected(List.of(p), bad));
      }
      assertThrows(IllegalArgumentException.class, () -> WeightAverage.mean(List.of()));
    }
  }

  /** The loss is sum c w^4 / 4, over two parameters. */
  @ParameterizedTest
  @CsvSource({"0, false", "0.1, false", "0.5, true"})
  void samFollowsItsDefinition(double rho, boolean adaptive) {
    double[] c = {1, 0.5, 2};
    double[] w = {1, -0.8, 0.6};
    double[] m = new double[3];
    try (Scope s = Scope.open()) {
      Tensor a = of(1, -0.8).requiresGrad(true);
      Tensor b = of(0.6).requiresGrad(true);
      try (Sgd o = Sgd.of(List.of(a, b)).learningRate(0.1).momentum(0.5)) {
        Sam sam = new Sam(o, rho, adaptive);
        for (int t = 0; t < 25; t++) {
          double loss = 0;
          double norm = 0;
          for (int i = 0; i < 3; i++) {
            double g = c[i] * Math.pow(w[i], 3);
            loss += c[i] * Math.pow(w[i], 4) / 4;
            norm += Math.pow(adaptive ? w[i] * g : g, 2);
          }
          for (int i = 0; i < 3; i++) {
            double g = c[i] * Math.pow(w[i], 3);
            double e = (adaptive ? w[i] * w[i] : 1) * g * rho / Math.sqrt(norm);
            m[i] = 0.5 * m[i] + c[i] * Math.pow(w[i] + e, 3);
          }
          for (int i = 0; i < 3; i++) {
            w[i] -= 0.1 * m[i];
          }
          double got =
              sam.step(
                  () -> a.pow(4).mul(of(1, 0.5)).sum().add(b.pow(4).mul(of(2)).sum()).mul(0.25));
          assertEquals(loss, got, 1e-12);
          assertArrayEquals(new double[] {w[0], w[1]}, a.doubles(), 1e-12, "step " + t);
          assertEquals(w[2], b.item(), 1e-12);
        }
      }
    }
  }

  @Test
  void samPutsTheWeightsBackWhenTheLossFails() {
    try (Scope s = Scope.open()) {
      Tensor a = of(1, 2).requiresGrad(true);
      try (Sgd o = Sgd.of(List.of(a))) {
        Sam sam = new Sam(o, 0.1, false);
        int[] calls = {0};
        assertThrows(
            IllegalStateException.class,
            () ->
                sam.step(
                    () -> {
                      if (calls[0]++ == 1) {
                        throw new IllegalStateException("no more data");
                      }
                      return a.square().sum();
                    }));
        assertEquals(2, calls[0]);
        assertArrayEquals(new double[] {1, 2}, a.doubles());
        sam.step(() -> a.square().sum());
        long live = a.backend().liveBytes();
        for (int i = 0; i < 5; i++) {
          sam.step(() -> a.square().sum());
          assertEquals(live, a.backend().liveBytes());
        }
        String m =
            assertThrows(IllegalArgumentException.class, () -> new Sam(o, Double.NaN, false))
                .getMessage();
        assertTrue(m.startsWith("sam: rho must be finite"), m);
      }
    }
  }
}
