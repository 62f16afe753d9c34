package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The adaptive optimizers against PyTorch's documentation, written as plain loops over doubles. */
class AdaptiveTrajectoryTest {
  private static final int STEPS = 25;
  private static final int SIZE = 6;

  /** One element's rule with its own memory. */
  private interface Rule {
    double next(double w, double g, int t, double rate);
  }

  private static void follow(
      Function<List<Tensor>, Optimizer> make, java.util.function.Supplier<Rule> rule) {
    for (Device device : new Device[] {Device.CPU, Device.REFERENCE}) {
      Random r = new Random(21);
      double[] w = r.doubles(SIZE, -2, 2).toArray();
      Rule[] rules = new Rule[SIZE];
      java.util.Arrays.setAll(rules, i -> rule.get());
      try (Scope s = Scope.open(device)) {
        Tensor p = Tensor.of(w.clone());
        try (Optimizer o = make.apply(List.of(p))) {
          for (int t = 1; t <= STEPS; t++) {
            double[] g = r.doubles(SIZE, -2, 2).toArray();
            double rate = 0.1 / Math.sqrt(t);
            o.learningRate(rate);
            o.step(List.of(Tensor.of(g)));
            for (int i = 0; i < SIZE; i++) {
              w[i] = rules[i].next(w[i], g[i], t, rate);
            }
            assertArrayEquals(w, p.doubles(), 1e-12, device + " step " + t);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, false", "0.1, false", "0.1, true"})
  void amsgrad(double decay, boolean decoupled) {
    follow(
        ps ->
            (decoupled ? AdamW.of(ps) : Adam.of(ps))
                .betas(0.8, 0.9)
                .weightDecay(decay)
                .amsgrad(true),
        () ->
            new Rule() {
              double m;
              double v;
              double most;

              @Override
              public double next(double w, double g, int t, double rate) {
                double start = decoupled ? w - rate * decay * w : w;
                double d = decoupled ? g : g + decay * w;
                m = 0.8 * m + 0.2 * d;
                v = 0.9 * v + 0.1 * d * d;
                most = Math.max(most, v);
                double denominator = Math.sqrt(most) / Math.sqrt(1 - Math.pow(0.9, t)) + 1e-8;
                return start - rate / (1 - Math.pow(0.8, t)) * m / denominator;
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"0, 0, false", "0.9, 0, false", "0, 0.1, true", "0.7, 0.05, true"})
  void rmsprop(double momentum, double decay, boolean centered) {
    follow(
        ps ->
            RmsProp.of(ps)
                .alpha(0.9)
                .epsilon(1e-3)
                .momentum(momentum)
                .weightDecay(decay)
                .centered(centered),
        () ->
            new Rule() {
              double square;
              double mean;
              double buffer;

              @Override
              public double next(double w, double g, int t, double rate) {
                double d = g + decay * w;
                square = 0.9 * square + 0.1 * d * d;
                mean = 0.9 * mean + 0.1 * d;
                double v = centered ? square - mean * mean : square;
                double x = d / (Math.sqrt(v) + 1e-3);
                buffer = momentum * buffer + x;
                return w - rate * (momentum > 0 ? buffer : x);
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "0.2, 0, 0.1", "0.01, 0.7, 0"})
  void adagrad(double rateDecay, double initial, double decay) {
    follow(
        ps -> Adagrad.of(ps).rateDecay(rateDecay).initialAccumulator(initial).weightDecay(decay),
        () ->
            new Rule() {
              double sum = initial;

              @Override
              public double next(double w, double g, int t, double rate) {
                double d = g + decay * w;
                sum += d * d;
                return w - rate / (1 + (t - 1) * rateDecay) * d / (Math.sqrt(sum) + 1e-10);
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"0.9, 1e-6, 0", "0.5, 1e-2, 0.1"})
  void adadelta(double rho, double epsilon, double decay) {
    follow(
        ps -> Adadelta.of(ps).rho(rho).epsilon(epsilon).weightDecay(decay),
        () ->
            new Rule() {
              double v;
              double u;

              @Override
              public double next(double w, double g, int t, double rate) {
                double d = g + decay * w;
                v = rho * v + (1 - rho) * d * d;
                double move = Math.sqrt(u + epsilon) / Math.sqrt(v + epsilon) * d;
                u = rho * u + (1 - rho) * move * move;
                return w - rate * move;
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"0.9, 0.999, 0", "0.5, 0.8, 0.1"})
  void adamax(double beta1, double beta2, double decay) {
    follow(
        ps -> Adamax.of(ps).betas(beta1, beta2).epsilon(1e-4).weightDecay(decay),
        () ->
            new Rule() {
              double m;
              double u;

              @Override
              public double next(double w, double g, int t, double rate) {
                double d = g + decay * w;
                m = beta1 * m + (1 - beta1) * d;
                u = Math.max(beta2 * u, Math.abs(d) + 1e-4);
                return w - rate / (1 - Math.pow(beta1, t)) * m / u;
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"0.004, 0, false", "0.1, 0.1, false", "0.02, 0.2, true"})
  void nadam(double psi, double decay, boolean decoupled) {
    follow(
        ps ->
            NAdam.of(ps)
                .betas(0.8, 0.95)
                .momentumDecay(psi)
                .weightDecay(decay)
                .decoupled(decoupled),
        () ->
            new Rule() {
              double m;
              double v;
              double product = 1;

              @Override
              public double next(double w, double g, int t, double rate) {
                double start = decoupled ? w - rate * decay * w : w;
                double d = decoupled ? g : g + decay * w;
                double mu = 0.8 * (1 - 0.5 * Math.pow(0.96, t * psi));
                double after = 0.8 * (1 - 0.5 * Math.pow(0.96, (t + 1) * psi));
                product *= mu;
                m = 0.8 * m + 0.2 * d;
                v = 0.95 * v + 0.05 * d * d;
                double hat = after * m / (1 - product * after) + (1 - mu) * d / (1 - product);
                double square = v / (1 - Math.pow(0.95, t));
                return start - rate * hat / (Math.sqrt(square) + 1e-8);
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"0.999, 0, false", "0.9, 0.1, false", "0.95, 0.2, true", "0.5, 0, false"})
  void radam(double beta2, double decay, boolean decoupled) {
    follow(
        ps -> RAdam.of(ps).betas(0.8, beta2).weightDecay(decay).decoupled(decoupled),
        () ->
            new Rule() {
              double m;
              double v;

              @Override
              public double next(double w, double g, int t, double rate) {
                double start = decoupled ? w - rate * decay * w : w;
                double d = decoupled ? g : g + decay * w;
                m = 0.8 * m + 0.2 * d;
                v = beta2 * v + (1 - beta2) * d * d;
                double hat = m / (1 - Math.pow(0.8, t));
                double most = 2 / (1 - beta2) - 1;
                double power = Math.pow(beta2, t);
                double rho = most - 2 * t * power / (1 - power);
                if (rho <= 5) {
                  return start - rate * hat;
                }
                double l = Math.sqrt(1 - power) / (Math.sqrt(v) + 1e-8);
                double r =
                    Math.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho));
                return start - rate * hat * r * l;
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"0", "0.3"})
  void lion(double decay) {
    follow(
        ps -> Lion.of(ps).betas(0.85, 0.95).weightDecay(decay),
        () ->
            new Rule() {
              double m;

              @Override
              public double next(double w, double g, int t, double rate) {
                double c = 0.85 * m + (1 - 0.85) * g;
                m = 0.95 * m + (1 - 0.95) * g;
                return w - rate * (Math.signum(c) + decay * w);
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"0.9, 0, false", "0.5, 0.1, false", "0.9, 0.05, true"})
  void sgdWithTheRateInTheVelocity(double mu, double decay, boolean nesterov) {
    follow(
        ps -> Sgd.of(ps).momentum(mu).weightDecay(decay).nesterov(nesterov).rateInVelocity(true),
        () ->
            new Rule() {
              double v;

              @Override
              public double next(double w, double g, int t, double rate) {
                double step = rate * (g + decay * w);
                v = mu * v - step;
                return nesterov ? w + mu * v - step : w + v;
              }
            });
  }

  @Test
  void nadamCountsEachParametersOwnSteps() {
    try (Scope s = Scope.open()) {
      Tensor a = Tensor.of(new double[] {1});
      Tensor b = Tensor.of(new double[] {1});
      Tensor alone = Tensor.of(new double[] {1});
      try (NAdam both = NAdam.of(List.of(a, b));
          NAdam one = NAdam.of(List.of(alone))) {
        for (int i = 0; i < 6; i++) {
          Tensor g = Tensor.of(new double[] {i - 2.5});
          both.step(java.util.Arrays.asList(g, i % 2 == 0 ? null : g));
          if (i % 2 != 0) {
            one.step(List.of(g));
          }
        }
        assertEquals(alone.item(), b.item());
      }
    }
  }

  @Test
  void smallTypesRoundOnlyTheWeight() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {1, -2}).to(DType.BF16);
      Tensor g = Tensor.of(new double[] {0.5, 0.25}).to(DType.BF16);
      try (RmsProp o = RmsProp.of(List.of(w)).alpha(0.5).learningRate(0.5).epsilon(0)) {
        o.step(List.of(g));
        // The step is g / sqrt(g^2 / 2) = sqrt(2), times the rate, rounded to 8 bits.
        assertArrayEquals(new double[] {0.29296875, -2.703125}, w.doubles());
        assertArrayEquals(
            new double[] {0.125, 0.03125}, o.state().tensors().get("0.square_avg").doubles());
      }
    }
  }
}
