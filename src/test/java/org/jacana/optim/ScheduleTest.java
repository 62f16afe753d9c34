package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** Schedules against PyTorch's recurrences, the published closed forms and numbers by hand. */
class ScheduleTest {
  private static final long STEPS = 60;

  private static void values(Schedule s, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], s.factor(i, expected.length), 1e-15, "step " + i);
    }
  }

  @Test
  void constantAndLinear() {
    values(Schedule.constant(), 1, 1, 1);
    values(Schedule.constant(0.25, 2), 0.25, 0.25, 1, 1);
    values(Schedule.linear(), 1, 0.75, 0.5, 0.25);
    values(Schedule.linear(0.5, 1, 4), 0.5, 0.625, 0.75, 0.875, 1, 1, 1);
  }

  @Test
  void stepMultiStepAndExponential() {
    values(Schedule.step(2, 0.1), 1, 1, 0.1, 0.1, 0.01, 0.01, 0.001);
    values(Schedule.multiStep(0.5, 1, 4), 1, 0.5, 0.5, 0.5, 0.25, 0.25);
    values(Schedule.exponential(0.5), 1, 0.5, 0.25, 0.125, 0.0625);
  }

  /** PolynomialLR multiplies the last rate. */
  @Test
  void polynomialFollowsItsRecurrence() {
    for (double power : new double[] {1, 2, 0.5}) {
      Schedule s = Schedule.polynomial(40, power);
      double rate = 1;
      for (int t = 0; t < STEPS; t++) {
        assertEquals(rate, s.factor(t, STEPS), 1e-12, "step " + t);
        if (t < 40) {
          rate *= Math.pow((1.0 - (t + 1) / 40.0) / (1.0 - t / 40.0), power);
        }
      }
    }
  }

  /** CosineAnnealingLR's chainable form: (1 + cos(pi t / T)) / (1 + cos(pi (t - 1) / T)). */
  @Test
  void cosineFollowsItsRecurrence() {
    Schedule s = Schedule.cosine(STEPS, 0.1);
    double rate = 1;
    for (int t = 0; t < STEPS; t++) {
      assertEquals(rate, s.factor(t, 1), 1e-12, "step " + t);
      double ratio =
          (1 + Math.cos(Math.PI * (t + 1) / STEPS)) / (1 + Math.cos(Math.PI * t / STEPS));
      rate = ratio * (rate - 0.1) + 0.1;
    }
    values(Schedule.cosine(), 1, 0.5 + Math.sqrt(0.5) / 2, 0.5, 0.5 - Math.sqrt(0.5) / 2);
    values(Schedule.cosine(2, 0), 1, 0.5, 0, 0.5, 1);
  }

  @Test
  void cosineRestarts() {
    values(Schedule.cosineRestarts(2, 1, 0), 1, 0.5, 1, 0.5, 1);
    double h = Math.sqrt(0.5) / 2;
    values(
        Schedule.cosineRestarts(2, 2, 0),
        1,
        0.5,
        1,
        0.5 + h,
        0.5,
        0.5 - h,
        1,
        (1 + Math.cos(Math.PI / 8)) / 2);
    // PyTorch's counters T_cur and T_i.
    Schedule s = Schedule.cosineRestarts(3, 3, 0.2);
    long current = 0;
    long length = 3;
    for (int t = 0; t < STEPS; t++) {
      double e = 0.2 + 0.8 * (1 + Math.cos(Math.PI * current / length)) / 2;
      assertEquals(e, s.factor(t, STEPS), 1e-15, "step " + t);
      current++;
      if (current >= length) {
        current -= length;
        length *= 3;
      }
    }
  }

  /** The loop over phases of torch.optim.lr_scheduler.OneCycleLR, for a highest rate of 2. */
  @Test
  void oneCycle() {
    for (long steps : new long[] {10, 37, 100}) {
      for (boolean straight : new boolean[] {false, true}) {
        for (boolean three : new boolean[] {false, true}) {
          OneCycle s = new OneCycle(0.3, 25, 1e4, straight, three);
          double first = 2.0 / 25;
          double last = first / 1e4;
          double a = 0.3 * steps - 1;
          double b = 2 * 0.3 * steps - 2;
          double[] ends = three ? new double[] {a, b, steps - 1} : new double[] {a, steps - 1};
          double[] rates =
              three ? new double[] {first, 2, first, last} : new double[] {first, 2, last};
          double[] momenta =
              three ? new double[] {0.95, 0.85, 0.95, 0.95} : new double[] {0.95, 0.85, 0.95};
          for (int t = 0; t < steps; t++) {
            double start = 0;
            for (int i = 0; i < ends.length; i++) {
              if (t <= ends[i] || i == ends.length - 1) {
                double part = (t - start) / (ends[i] - start);
                assertEquals(
                    mix(rates[i], rates[i + 1], part, straight),
                    2 * s.factor(t, steps),
                    1e-12,
                    s + " step " + t);
                assertEquals(
                    mix(momenta[i], momenta[i + 1], part, straight),
                    s.momentum(t, steps, 0.85, 0.95),
                    1e-12);
                break;
              }
              start = ends[i];
            }
          }
        }
      }
    }
    OneCycle s = new OneCycle();
    assertEquals(0.04, s.factor(0, 100), 1e-15);
    assertEquals(1, s.factor(29, 100), 1e-15);
    assertEquals(4e-6, s.factor(99, 100), 1e-15);
    assertEquals(1, new OneCycle(0.5, 25, 1e4, true, false).factor(0, 2), 1e-15);
  }

  private static double mix(double from, double to, double part, boolean straight) {
    return straight
        ? (to - from) * part + from
        : to + (from - to) / 2.0 * (Math.cos(Math.PI * part) + 1);
  }

  @Test
  void warmUpSequenceAndProduct() {
    values(Schedule.linear().after(2), 0.5, 1, 1, 0.75, 0.5, 0.25);
    values(Schedule.constant(0.5, 9).then(2, Schedule.exponential(0.5)), 0.5, 0.5, 1, 0.5, 0.25);
    values(Schedule.exponential(0.5).times(Schedule.constant(0.1, 2)), 0.1, 0.05, 0.25, 0.125);
    values(
        new OneCycle(0.5, 4, 1, true, false).after(2).times(Schedule.constant()),
        0.5,
        1,
        0.25,
        1,
        0.625,
        0.25);
  }

  @Test
  void badNumbersAreRefused() {
    for (Runnable r :
        new Runnable[] {
          () -> Schedule.constant(-1, 1),
          () -> Schedule.constant(1, -1),
          () -> Schedule.linear(Double.NaN, 1, 1),
          () -> Schedule.linear(0, 1, 0),
          () -> Schedule.step(0, 0.1),
          () -> Schedule.step(1, Double.NaN),
          () -> Schedule.multiStep(0.1, 3, 3),
          () -> Schedule.multiStep(0.1, -3),
          () -> Schedule.exponential(Double.POSITIVE_INFINITY),
          () -> Schedule.polynomial(5, -1),
          () -> Schedule.cosine(0, 0),
          () -> Schedule.cosineRestarts(1, 0, 0),
          () -> Schedule.cosineRestarts(1, 1, -0.1),
          () -> Schedule.constant().after(-1),
          () -> Schedule.constant().then(0, Schedule.constant()),
          () -> new OneCycle(1, 25, 1, false, false),
          () -> new OneCycle(0.3, 0, 1, false, false),
          () -> new OneCycle(0.3, 1, Double.NaN, false, false)
        }) {
      String m = assertThrows(IllegalArgumentException.class, r::run).getMessage();
      assertTrue(m.startsWith("schedule: ") || m.startsWith("oneCycle: "), m);
    }
  }

  @Test
  void aSchedulerSetsTheRateAndContinues() {
    try (Scope s = Scope.open();
        Sgd a = Sgd.of(List.of(Tensor.scalar(1))).learningRate(0.2);
        Sgd b = Sgd.of(List.of(Tensor.scalar(1))).learningRate(7)) {
      Scheduler x = new Scheduler(a, Schedule.step(2, 0.5).after(2), 10);
      assertEquals(0.1, a.learningRate(), 1e-15);
      assertEquals(0.2, x.step(), 1e-15);
      assertEquals(0.2, x.step(), 1e-15);
      assertEquals(0.2, x.step(), 1e-15);
      Scheduler y = new Scheduler(b, Schedule.step(2, 0.5).after(2), 10);
      y.load(x.state());
      assertEquals(0.2, b.learningRate(), 1e-15);
      for (int i = 0; i < 12; i++) {
        assertEquals(x.step(), y.step());
      }
      assertEquals(0.2 / 8, a.learningRate(), 1e-15);
      assertThrows(IllegalArgumentException.class, () -> y.load(Map.of("step", 1.0)));
      assertThrows(
          IllegalArgumentException.class,
          () -> y.load(Map.of("step", 1.5, "base_learning_rate", 1.0)));
      assertThrows(IllegalArgumentException.class, () -> new Scheduler(a, Schedule.linear(), 0));
    }
  }

  @Test
  void plateau() {
    try (Scope s = Scope.open();
        Sgd o = Sgd.of(List.of(Tensor.scalar(1))).learningRate(1);
        Sgd other = Sgd.of(List.of(Tensor.scalar(1))).learningRate(1)) {
      Plateau p = new Plateau(o).factor(0.5).patience(2, 2).lowest(0.2, 1e-8);
      double[] metric = {5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, Double.NaN, 3, 3, 3, 3, 3};
      // Better at 0, 1 and 10; three bad ones: 2 to 4; 5 and 6 cool; 7 to 9; 11 and 12 cool but
      // 10 and 11 are within the cooldown of the second fall.
      double[] rate = {
        1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2, 0.2,
        0.2
      };
      Plateau q = new Plateau(other).factor(0.5).patience(2, 2).lowest(0.2, 1e-8);
      for (int i = 0; i < metric.length; i++) {
        assertEquals(rate[i], p.step(metric[i]), 1e-15, "measurement " + i);
        if (i == 7) {
          q.load(p.state());
          other.learningRate(o.learningRate());
        } else if (i > 7) {
          assertEquals(rate[i], q.step(metric[i]), 1e-15, "continued, measurement " + i);
        }
      }
      o.learningRate(1);
      Plateau large = new Plateau(o).largerIsBetter().patience(0, 0).threshold(0.5, false);
      assertEquals(1, large.step(0.1));
      assertEquals(1, large.step(0.7));
      assertEquals(0.1, large.step(1.1), 1e-15);
      assertEquals(0.1, large.step(1.3), 1e-15);
      assertThrows(IllegalArgumentException.class, () -> large.factor(1));
      assertThrows(IllegalArgumentException.class, () -> large.patience(-1, 0));
      assertThrows(IllegalArgumentException.class, () -> large.threshold(Double.NaN, true));
      assertThrows(IllegalArgumentException.class, () -> large.lowest(-1, 0));
      assertThrows(IllegalArgumentException.class, () -> large.load(Map.of("best", 1.0)));
    }
  }
}
