package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Capture;
import org.jacana.backend.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlatUpdatesTest {
  private static final int[] SIZES = {1, 3, 2048, 0, 2049, 5000, 70_000};
  private static final DType[] GRADIENTS = {DType.F32, DType.BF16, DType.F16};

  /** Threads and blocks run in an order that nobody may rely on. */
  @BeforeEach
  void shuffle() {
    CudaDevice.backend();
    if (CudaDevice.simulated()) {
      CudaSim.shuffle(11);
    }
  }

  @AfterEach
  void inOrder() {
    if (CudaDevice.simulated()) {
      CudaSim.shuffle(0);
    }
  }

  /** A parameter of the flat form beside one of the form for single parameters. */
  private record Pair(
      UpdateTable.Segment segment, List<Twins.Twin> flat, List<Twins.Twin> single, double decay) {
    boolean shadowed() {
      return flat.size() > 4;
    }
  }

  /** Memory whose view begins {@code skip} elements in, so that vectors fit or do not. */
  private static Twins.Twin memory(Twins t, DType type, int n, int skip, double[] values) {
    double[] v = new double[n + skip];
    System.arraycopy(values, 0, v, skip, n);
    return t.view(type, Shape.of(n + skip), l -> l.slice(0, skip, n, 1), v);
  }

  private static List<Pair> parameters(Twins t, boolean moments) {
    List<Pair> out = new ArrayList<>();
    for (int i = 0; i < SIZES.length; i++) {
      int n = SIZES[i];
      int skip = i % 2;
      DType gradient = GRADIENTS[i % 3];
      Shape shape = Shape.of(n);
      double[] w = t.values(DType.F32, shape);
      double[] g = t.values(DType.F32, shape);
      double[] m = t.values(DType.F32, shape);
      double[] v = t.values(DType.F32, shape);
      for (int k = 0; k < n; k++) {
        v[k] *= v[k];
      }
      List<List<Twins.Twin>> both = new ArrayList<>();
      for (int k = 0; k < 2; k++) {
        both.add(
            new ArrayList<>(
                List.of(
                    memory(t, DType.F32, n, skip, w),
                    memory(t, gradient, n, skip, g),
                    memory(t, DType.F32, n, skip, m),
                    memory(t, DType.F32, n, skip, v))));
      }
      View shadow = null;
      if (i % 2 == 0) {
        both.get(0).add(memory(t, DType.BF16, n, skip, new double[n]));
        shadow = both.get(0).get(4).cuda();
      }
      List<Twins.Twin> f = both.get(0);
      double decay = 0.05 * i;
      UpdateTable.Segment s =
          new UpdateTable.Segment(
              f.get(0).cuda(),
              f.get(1).cuda(),
              moments ? f.get(2).cuda() : null,
              moments ? f.get(3).cuda() : null,
              shadow,
              decay,
              1);
      out.add(new Pair(s, f, both.get(1), decay));
    }
    return out;
  }

  private static void compare(Twins t, List<Pair> parameters, boolean cleared) {
    for (Pair p : parameters) {
      for (int k = 0; k < 4; k++) {
        double[] got = t.got(p.flat.get(k));
        if (k == 1 && cleared) {
          for (int i = p.flat.get(1).cuda().layout().offset() == 0 ? 0 : 1; i < got.length; i++) {
            assertEquals(0, got[i], "gradients are cleared");
          }
          continue;
        }
        UpdatesTest.close("of " + got.length + ": " + k, DType.F32, t.got(p.single.get(k)), got);
      }
      if (p.shadowed()) {
        double[] w = t.got(p.flat.get(0));
        double[] shadow = t.got(p.flat.get(4));
        int skip = (int) p.flat.get(0).cuda().layout().offset();
        for (int i = skip; i < w.length; i++) {
          assertEquals(w[i], shadow[i], Math.abs(w[i]) * 0x1p-8, "shadow " + i);
        }
        assertTrue(skip == 0 || shadow[0] == 0);
      }
    }
  }

  @Test
  void adamAndAdamW() {
    for (boolean decoupled : new boolean[] {false, true}) {
      try (Twins t = new Twins(3)) {
        List<Pair> parameters = parameters(t, true);
        Twins.Twin lr = t.dense(DType.F32, Shape.of(1), 0.125);
        Twins.Twin steps = t.dense(DType.I32, Shape.of(1), 4);
        FlatUpdates f = t.cuda.flatUpdates();
        try (UpdateTable table = f.table(parameters.stream().map(Pair::segment).toList())) {
          for (int step = 5; step < 8; step++) {
            f.adam(table, lr.cuda(), null, steps.cuda(), 0.9, 0.999, 1e-6, decoupled, step == 7);
            Twins.Twin c =
                t.dense(DType.F64, Shape.of(2), 1 - Math.pow(0.9, step), 1 - Math.pow(0.999, step));
            for (Pair p : parameters) {
              List<Twins.Twin> s = p.single;
              t.cuda.adam(
                  s.get(0).cuda(),
                  s.get(1).cuda(),
                  s.get(2).cuda(),
                  s.get(3).cuda(),
                  lr.cuda(),
                  c.cuda(),
                  0.9,
                  0.999,
                  1e-6,
                  p.decay,
                  decoupled);
            }
          }
          compare(t, parameters, true);
          assertEquals(7, t.got(steps)[0]);
        }
      }
    }
  }

  @Test
  void sgdWithAndWithoutMomentum() {
    for (int options = 0; options < 3; options++) {
      double momentum = options == 0 ? 0 : 0.9;
      boolean nesterov = options == 2;
      try (Twins t = new Twins(4)) {
        List<Pair> parameters = parameters(t, momentum != 0);
        Twins.Twin lr = t.dense(DType.F32, Shape.of(1), 0.125);
        Twins.Twin steps = t.dense(DType.I32, Shape.of(1), 0);
        FlatUpdates f = t.cuda.flatUpdates();
        try (UpdateTable table = f.table(parameters.stream().map(Pair::segment).toList())) {
          for (int step = 0; step < 3; step++) {
            f.sgd(table, lr.cuda(), null, steps.cuda(), momentum, 0.1, nesterov, false);
            for (Pair p : parameters) {
              List<Twins.Twin> s = p.single;
              t.cuda.sgd(
                  s.get(0).cuda(),
                  s.get(1).cuda(),
                  momentum == 0 ? null : s.get(2).cuda(),
                  lr.cuda(),
                  momentum,
                  0.1,
                  p.decay,
                  nesterov,
                  step == 0);
            }
          }
          compare(t, parameters, false);
          assertEquals(3, t.got(steps)[0]);
        }
      }
    }
  }

  @Test
  void ratesOfSegmentsAndAScaleOfGradients() {
    try (Twins t = new Twins(4)) {
      Twins.Twin w = t.dense(DType.F32, Shape.of(2), 1, 2);
      Twins.Twin g = t.dense(DType.F32, Shape.of(2), 8, 16);
      Twins.Twin lr = t.dense(DType.F32, Shape.of(1), 0.5);
      Twins.Twin scale = t.dense(DType.F32, Shape.of(1), 0.125);
      Twins.Twin steps = t.dense(DType.I32, Shape.of(1), 0);
      FlatUpdates f = t.cuda.flatUpdates();
      var s = new UpdateTable.Segment(w.cuda(), g.cuda(), null, null, null, 0, 0.25);
      try (UpdateTable table = f.table(List.of(s))) {
        f.sgd(table, lr.cuda(), scale.cuda(), steps.cuda(), 0, 0, false, false);
      }
      // w - 0.5 * 0.25 * 0.125 * g
      assertArrayEquals(new double[] {0.875, 1.75}, t.got(w));
    }
  }

  @Test
  void aRecordedStepCountsItsReplays() {
    try (Twins t = new Twins(6)) {
      double start = 1;
      double g = 0.5;
      Twins.Twin w = t.dense(DType.F32, Shape.of(1), start);
      Twins.Twin gradient = t.dense(DType.F32, Shape.of(1), g);
      Twins.Twin m = t.dense(DType.F32, Shape.of(1), 0);
      Twins.Twin v = t.dense(DType.F32, Shape.of(1), 0);
      Twins.Twin lr = t.dense(DType.F32, Shape.of(1), 0.125);
      Twins.Twin steps = t.dense(DType.I32, Shape.of(1), 0);
      FlatUpdates f = t.cuda.flatUpdates();
      var s = new UpdateTable.Segment(w.cuda(), gradient.cuda(), m.cuda(), v.cuda(), null, 0, 1);
      try (UpdateTable table = f.table(List.of(s));
          Capture capture =
              t.cuda.capture(
                  () -> f.adam(table, lr.cuda(), null, steps.cuda(), 0.9, 0.99, 0, false, false))) {
        assertEquals(start, t.got(w)[0], "recording changes nothing");
        for (int i = 0; i < 5; i++) {
          capture.replay();
        }
        // With a constant gradient both corrected moments stay g and g^2: each step is lr.
        assertEquals(start - 5 * 0.125, t.got(w)[0], 1e-5);
        assertEquals(5, t.got(steps)[0]);
        assertEquals(1, capture.nodes());
      }
    }
  }

  @Test
  void anEmptyTableStillCounts() {
    try (Twins t = new Twins(1)) {
      Twins.Twin lr = t.dense(DType.F32, Shape.of(1), 1);
      Twins.Twin steps = t.dense(DType.I32, Shape.of(1), 9);
      try (UpdateTable table = t.cuda.flatUpdates().table(List.of())) {
        t.cuda.flatUpdates().sgd(table, lr.cuda(), null, steps.cuda(), 0, 0, false, true);
      }
      assertEquals(10, t.got(steps)[0]);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    try (Twins t = new Twins(1)) {
      View w = t.dense(DType.F32, Shape.of(4)).cuda();
      View three = t.dense(DType.F32, Shape.of(3)).cuda();
      View wide = t.dense(DType.F64, Shape.of(4)).cuda();
      View steps = t.dense(DType.I32, Shape.of(1)).cuda();
      assertThrows(
          IllegalArgumentException.class,
          () -> new UpdateTable.Segment(w, three, null, null, null, 0, 1));
      assertThrows(
          IllegalArgumentException.class,
          () -> new UpdateTable.Segment(w, wide, null, null, null, 0, 1));
      FlatUpdates f = t.cuda.flatUpdates();
      var s = new UpdateTable.Segment(w, w, null, null, null, 0, 1);
      UpdateTable table = f.table(List.of(s));
      assertThrows(
          IllegalArgumentException.class, () -> f.sgd(table, w, null, steps, 0.9, 0, false, false));
      assertThrows(
          IllegalArgumentException.class,
          () -> f.adam(table, w, null, steps, 0.9, 0.9, 1, false, false));
      table.close();
      assertThrows(
          IllegalStateException.class, () -> f.sgd(table, w, null, steps, 0, 0, false, false));
    }
  }
}
