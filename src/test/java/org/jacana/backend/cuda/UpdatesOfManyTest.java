package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backend.Slots;
import org.junit.jupiter.api.Test;

/** One launch over many parameters gives the bits of one launch for each. */
class UpdatesOfManyTest {
  private static final int COUNT = 70; // more than one launch takes

  private final CudaBackend cuda = CudaDevice.backend();

  private record Set(List<Tensor> w, List<Tensor> g, List<Tensor> m, List<Tensor> v) {
    List<Slots> slots(boolean first, boolean second) {
      List<Slots> out = new ArrayList<>();
      for (int i = 0; i < w.size(); i++) {
        out.add(
            new Slots(
                w.get(i).view(),
                g.get(i).view(),
                first ? m.get(i).view() : null,
                second ? v.get(i).view() : null));
      }
      return out;
    }

    void assertSame(Set other) {
      for (int i = 0; i < w.size(); i++) {
        assertArrayEquals(w.get(i).floats(), other.w.get(i).floats());
        assertArrayEquals(m.get(i).floats(), other.m.get(i).floats());
        assertArrayEquals(v.get(i).floats(), other.v.get(i).floats());
      }
    }
  }

  private static List<Tensor> draw(long seed, boolean positive) {
    Generator g = new Generator(seed);
    List<Tensor> out = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Tensor t = g.normal(DType.F32, i == 7 ? 5000 : 1 + 3 * i);
      out.add(positive ? t.square() : t);
    }
    return out;
  }

  private static Set make() {
    return new Set(draw(1, false), draw(2, false), draw(3, false), draw(4, true));
  }

  @Test
  void sgd() {
    try (Scope s = Scope.open(cuda.device())) {
      Tensor lr = Tensor.full(DType.F32, 0.1);
      for (boolean first : new boolean[] {true, false}) {
        for (boolean velocity : new boolean[] {true, false}) {
          Set one = make();
          Set many = make();
          double momentum = velocity ? 0.9 : 0;
          for (Slots p : one.slots(velocity, false)) {
            assertTrue(
                cuda.sgd(p.w(), p.g(), p.m(), lr.view(), momentum, 0, 0.01, velocity, first));
          }
          assertTrue(
              cuda.sgdMany(
                  many.slots(velocity, false), lr.view(), momentum, 0, 0.01, velocity, first));
          one.assertSame(many);
        }
      }
    }
  }

  @Test
  void adam() {
    try (Scope s = Scope.open(cuda.device())) {
      Tensor lr = Tensor.full(DType.F32, 0.1);
      Tensor corrections = Tensor.of(new double[] {0.19, 0.002});
      for (boolean decoupled : new boolean[] {true, false}) {
        Set one = make();
        Set many = make();
        for (Slots p : one.slots(true, true)) {
          assertTrue(
              cuda.adam(
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
            cuda.adamMany(
                many.slots(true, true),
                lr.view(),
                corrections.view(),
                0.9,
                0.999,
                1e-8,
                0.01,
                decoupled));
        one.assertSame(many);
      }
    }
  }

  @Test
  void whatItDoesNotTakeStaysAsItWas() {
    try (Scope s = Scope.open(cuda.device())) {
      Tensor lr = Tensor.full(DType.F32, 0.1);
      Tensor w = Tensor.ones(8);
      Tensor half = Tensor.ones(8).to(DType.BF16);
      List<Slots> mixed =
          List.of(
              new Slots(w.view(), w.view(), null, null),
              new Slots(half.view(), half.view(), null, null));
      assertFalse(cuda.sgdMany(mixed, lr.view(), 0, 0, 0, false, false));
      assertEquals(8, w.sum().item());
    }
  }
}
