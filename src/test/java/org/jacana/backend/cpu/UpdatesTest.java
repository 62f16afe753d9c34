package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.Backend.Slots;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many parameters at once: the formula in float64, and the same bits for each on its own. */
class UpdatesTest {
  /**
   * Small, just below and above what goes to oneDNN, several pieces of several chunks, none; the
   * last is strided.
   */
  private static final int[] SIZES = {
    1, 7, 16, 65_535, 65_536, 65_540, 70_000, 0, 3, 2_500_000, 5, 6000
  };

  private final Backend cpu = Backends.of(Device.CPU);

  private record Set(List<Tensor> w, List<Tensor> g, List<Tensor> m, List<Tensor> v) {
    Slots slots(int i, boolean first, boolean second) {
      return new Slots(
          w.get(i).view(),
          g.get(i).view(),
          first ? m.get(i).view() : null,
          second ? v.get(i).view() : null);
    }

    List<Slots> slots(boolean first, boolean second) {
      List<Slots> out = new ArrayList<>();
      for (int i = 0; i < w.size(); i++) {
        out.add(slots(i, first, second));
      }
      return out;
    }

    void assertSame(Set other) {
      for (int i = 0; i < w.size(); i++) {
        assertArrayEquals(w.get(i).floats(), other.w.get(i).floats(), "w " + i);
        assertArrayEquals(m.get(i).floats(), other.m.get(i).floats(), "m " + i);
        assertArrayEquals(v.get(i).floats(), other.v.get(i).floats(), "v " + i);
      }
    }
  }

  private static List<Tensor> draw(long seed, boolean positive) {
    Generator g = new Generator(seed);
    List<Tensor> out = new ArrayList<>();
    for (int i = 0; i < SIZES.length; i++) {
      boolean last = i == SIZES.length - 1;
      Tensor t = last ? g.normal(DType.F32, SIZES[i] / 60, 60) : g.normal(DType.F32, SIZES[i]);
      Tensor value = positive ? t.square() : t;
      out.add(last ? value.transpose(0, 1) : value);
    }
    return out;
  }

  private static Set make() {
    return new Set(draw(1, false), draw(2, false), draw(3, false), draw(4, true));
  }

  private static void close(double[] want, Tensor got, String what) {
    float[] values = got.floats();
    assertEquals(want.length, values.length);
    for (int k = 0; k < want.length; k++) {
      assertEquals(want[k], values[k], 2e-6 * (1 + Math.abs(want[k])), what + " at " + k);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "momentum", "first", "nesterov"})
  void sgd(String rule) {
    boolean velocity = !rule.equals("plain");
    boolean first = rule.equals("first");
    boolean nesterov = rule.equals("nesterov");
    double momentum = velocity ? 0.9 : 0;
    double damp = nesterov ? 0 : 0.1;
    try (Scope s = Scope.open(Device.CPU)) {
      Tensor lr = Tensor.full(DType.F32, 0.1);
      Set before = make();
      Set one = make();
      Set many = make();
      for (Slots p : one.slots(velocity, false)) {
        assertTrue(cpu.sgd(p.w(), p.g(), p.m(), lr.view(), momentum, damp, 0.01, nesterov, first));
      }
      assertTrue(
          cpu.sgdMany(
              many.slots(velocity, false), lr.view(), momentum, damp, 0.01, nesterov, first));
      one.assertSame(many);
      for (int i = 0; i < SIZES.length; i++) {
        float[] w = before.w.get(i).floats();
        float[] g = before.g.get(i).floats();
        float[] m = before.m.get(i).floats();
        double[] want = new double[w.length];
        for (int k = 0; k < w.length; k++) {
          double d = g[k] + 0.01 * w[k];
          double average = first ? d : momentum * m[k] + (1 - damp) * d;
          double step = !velocity ? d : nesterov ? d + momentum * average : average;
          want[k] = w[k] - 0.1 * step;
        }
        close(want, many.w.get(i), rule + " " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void adam(boolean decoupled) {
    try (Scope s = Scope.open(Device.CPU)) {
      Tensor lr = Tensor.full(DType.F32, 0.1);
      double[] c = {0.19, 0.002};
      Tensor corrections = Tensor.of(c);
      Set before = make();
      Set one = make();
      Set many = make();
      for (Slots p : one.slots(true, true)) {
        assertTrue(
            cpu.adam(
                p.w(),
                p.g(),
                p.m(),
                p.v(),
                lr.view(),
                corrections.view(),
                0.9,
                0.999,
                1e-8,
                0.01,
                decoupled));
      }
      assertTrue(
          cpu.adamMany(
              many.slots(true, true),
              lr.view(),
              corrections.view(),
              0.9,
              0.999,
              1e-8,
              0.01,
              decoupled));
      one.assertSame(many);
      for (int i = 0; i < SIZES.length; i++) {
        float[] w = before.w.get(i).floats();
        float[] g = before.g.get(i).floats();
        float[] m = before.m.get(i).floats();
        float[] v = before.v.get(i).floats();
        double[] want = new double[w.length];
        for (int k = 0; k < w.length; k++) {
          double d = decoupled ? g[k] : g[k] + 0.01 * w[k];
          double a = 0.9 * m[k] + 0.1 * d;
          double b = 0.999 * v[k] + 0.001 * d * d;
          double keep = decoupled ? 1 - 0.1 * 0.01 : 1;
          want[k] = keep * w[k] - 0.1 * (a / c[0]) / (Math.sqrt(b / c[1]) + 1e-8);
        }
        close(want, many.w.get(i), "adam " + i);
      }
    }
  }

  @Test
  void whatItDoesNotTakeStaysAsItWas() {
    try (Scope s = Scope.open(Device.CPU)) {
      Tensor lr = Tensor.full(DType.F32, 0.1);
      Tensor w = Tensor.ones(8);
      Tensor half = Tensor.ones(8).to(DType.BF16);
      List<Slots> mixed =
          List.of(
              new Slots(w.view(), w.view(), null, null),
              new Slots(half.view(), half.view(), null, null));
      assertFalse(cpu.sgdMany(mixed, lr.view(), 0, 0, 0, false, false));
      assertEquals(8, w.sum().item());
    }
  }
}
