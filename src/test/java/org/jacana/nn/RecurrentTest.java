package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.optim.Adam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecurrentTest {
  private static RecurrentLayers make(String kind, int in, int hidden, int layers, boolean both) {
    Generator g = new Generator(1);
    return switch (kind) {
      case "lstm" -> new Lstm(in, hidden, layers, both, true, 0, g);
      case "gru" -> new Gru(in, hidden, layers, both, true, 0, g);
      case "relu" -> new Rnn(in, hidden, layers, both, true, 0, true, g);
      default -> new Rnn(in, hidden, layers, both, true, 0, false, g);
    };
  }

  private static RecurrentCell cell(String kind, int in, int hidden) {
    Generator g = new Generator(1);
    return switch (kind) {
      case "lstm" -> new LstmCell(in, hidden, true, g);
      case "gru" -> new GruCell(in, hidden, true, g);
      case "relu" -> new RnnCell(in, hidden, true, true, g);
      default -> new RnnCell(in, hidden, true, false, g);
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double affine(double[] w, double[] b, double[] x, int row) {
    double sum = b[row];
    for (int i = 0; i < x.length; i++) {
      sum += w[row * x.length + i] * x[i];
    }
    return sum;
  }

  /** PyTorch's formulas for one example, unit by unit; changes c. */
  private static double[] step(String kind, double[][] p, double[] x, double[] h, double[] c) {
    int n = h.length;
    double[] next = new double[n];
    for (int j = 0; j < n; j++) {
      double[] from = new double[4];
      double[] back = new double[4];
      for (int g = 0; g < p[2].length / n; g++) {
        from[g] = affine(p[0], p[2], x, g * n + j);
        back[g] = affine(p[1], p[3], h, g * n + j);
      }
      switch (kind) {
        case "lstm" -> {
          double i = sigmoid(from[0] + back[0]);
          double f = sigmoid(from[1] + back[1]);
          double g = Math.tanh(from[2] + back[2]);
          double o = sigmoid(from[3] + back[3]);
          c[j] = f * c[j] + i * g;
          next[j] = o * Math.tanh(c[j]);
        }
        case "gru" -> {
          double r = sigmoid(from[0] + back[0]);
          double z = sigmoid(from[1] + back[1]);
          double m = Math.tanh(from[2] + r * back[2]);
          next[j] = (1 - z) * m + z * h[j];
        }
        case "relu" -> next[j] = Math.max(0, from[0] + back[0]);
        default -> next[j] = Math.tanh(from[0] + back[0]);
      }
    }
    return next;
  }

  private static double[][] weights(Module m, String suffix) {
    Map<String, Tensor> all = m.namedParameters();
    List<double[]> out = new ArrayList<>();
    for (String s : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
      out.add(all.get(s + suffix).doubles());
    }
    return out.toArray(double[][]::new);
  }

  private static double[] row(Tensor t, int... at) {
    Tensor x = t;
    for (int i : at) {
      x = x.select(0, i);
    }
    return x.doubles();
  }

  /** Numbers small enough to do in the head: all weights 0 but the biases. */
  @Test
  void lstmGateOrderByHand() {
    try (Scope s = Scope.open();
        LstmCell cell = new LstmCell(1, 1)) {
      cell.to(DType.F64);
      Map<String, Tensor> p = cell.namedParameters();
      p.get("weight_ih").assign(Tensor.zeros(DType.F64, 4, 1));
      p.get("weight_hh").assign(Tensor.zeros(DType.F64, 4, 1));
      p.get("bias_ih").assign(Tensor.of(new double[] {Math.log(3), 0, 0, -Math.log(4)}));
      p.get("bias_hh").assign(Tensor.of(new double[] {0, -Math.log(3), 0.5, 0}));
      Tensor c = Tensor.of(new double[] {8}, 1, 1);
      RecurrentState next = cell.step(Tensor.zeros(DType.F64, 1, 1), new RecurrentState(c, c));
      double expected = 0.25 * 8 + 0.75 * Math.tanh(0.5);
      assertEquals(expected, next.c().item(), 1e-14);
      assertEquals(0.2 * Math.tanh(expected), next.h().item(), 1e-14);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "relu", "tanh"})
  void cellIsTheFormula(String kind) {
    try (Scope s = Scope.open();
        RecurrentCell m = cell(kind, 3, 4)) {
      m.to(DType.F64);
      Tensor x = new Generator(2).normal(DType.F64, 2, 3);
      Tensor h = new Generator(3).normal(DType.F64, 2, 4);
      Tensor c = kind.equals("lstm") ? new Generator(4).normal(DType.F64, 2, 4) : null;
      RecurrentState next = m.step(x, new RecurrentState(h, c));
      Tensor fresh = m.apply(x);
      for (int n = 0; n < 2; n++) {
        double[] memory = c == null ? new double[4] : row(c, n);
        double[] expected = step(kind, weights(m, ""), row(x, n), row(h, n), memory);
        assertArrayEquals(expected, row(next.h(), n), 1e-14);
        if (c != null) {
          assertArrayEquals(memory, row(next.c(), n), 1e-14);
        } else {
          assertNull(next.c());
        }
        double[] zero = step(kind, weights(m, ""), row(x, n), new double[4], new double[4]);
        assertArrayEquals(zero, row(fresh, n), 1e-14);
      }
    }
  }

  /** Two layers in two directions from given states, against the formula step by step. */
  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "relu", "tanh"})
  void layersAreTheFormula(String kind) {
    int hidden = 2;
    int steps = 5;
    try (Scope s = Scope.open();
        RecurrentLayers m = make(kind, 3, hidden, 2, true)) {
      m.to(DType.F64);
      Tensor x = new Generator(2).normal(DType.F64, 2, steps, 3);
      Tensor h0 = new Generator(3).normal(DType.F64, 4, 2, hidden);
      Tensor c0 = kind.equals("lstm") ? new Generator(4).normal(DType.F64, 4, 2, hidden) : null;
      RecurrentOutput out = m.run(x, new RecurrentState(h0, c0));
      Numeric.assertShape(out.outputs(), 2, steps, 4);
      Numeric.assertShape(out.last().h(), 4, 2, hidden);
      for (int n = 0; n < 2; n++) {
        double[][] sequence = new double[steps][];
        for (int t = 0; t < steps; t++) {
          sequence[t] = row(x, n, t);
        }
        for (int layer = 0; layer < 2; layer++) {
          double[][] next = new double[steps][4];
          for (int d = 0; d < 2; d++) {
            double[] h = row(h0, 2 * layer + d, n);
            double[] c = c0 == null ? new double[2] : row(c0, 2 * layer + d, n);
            double[][] w = weights(m, "_l" + layer + (d == 1 ? "_reverse" : ""));
            for (int i = 0; i < steps; i++) {
              int t = d == 1 ? steps - 1 - i : i;
              h = step(kind, w, sequence[t], h, c);
              System.arraycopy(h, 0, next[t], d * hidden, hidden);
            }
            assertArrayEquals(h, row(out.last().h(), 2 * layer + d, n), 1e-13);
            if (c0 != null) {
              assertArrayEquals(c, row(out.last().c(), 2 * layer + d, n), 1e-13);
            }
          }
          sequence = next;
        }
        for (int t = 0; t < steps; t++) {
          assertArrayEquals(sequence[t], row(out.outputs(), n, t), 1e-13);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "tanh"})
  void derivatives(String kind) {
    try (Scope s = Scope.open();
        RecurrentLayers m = make(kind, 1, 2, 1, true);
        RecurrentLayers deep = make(kind, 1, 1, 2, false);
        RecurrentCell c = cell(kind, 1, 2)) {
      m.to(DType.F64);
      deep.to(DType.F64);
      c.to(DType.F64);
      Tensor x = new Generator(2).normal(DType.F64, 1, 2, 1).requiresGrad(true);
      Tensor h = new Generator(3).normal(DType.F64, 2, 1, 2).requiresGrad(true);
      Tensor memory = kind.equals("lstm") ? h.detach().mul(0.5) : null;
      Derivatives.check(m, () -> m.run(x, new RecurrentState(h, memory)).outputs(), x, h);
      Derivatives.check(deep, () -> deep.run(x).last().h(), x);
      Derivatives.check(c, () -> c.apply(x.select(1, 0)), x);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "tanh"})
  void laterInputsDoNotChangeEarlierOutputs(String kind) {
    try (Scope s = Scope.open();
        RecurrentLayers m = make(kind, 2, 3, 2, false)) {
      Tensor x = new Generator(2).normal(DType.F32, 2, 6, 2);
      Tensor later = Tensor.concat(1, x.slice(1, 0, 4), x.slice(1, 4, 6).mul(-3));
      assertArrayEquals(
          m.apply(x).slice(1, 0, 4).floats(), m.apply(later).slice(1, 0, 4).floats(), 1e-6f);
      // In two parts, the state handed on.
      RecurrentOutput first = m.run(x.slice(1, 0, 2));
      RecurrentOutput rest = m.run(x.slice(1, 2, 6), first.last());
      Tensor joined = Tensor.concat(1, first.outputs(), rest.outputs());
      assertArrayEquals(m.apply(x).floats(), joined.floats(), 1e-6f);
    }
  }

  @Test
  void namesShapesAndInitialValues() {
    try (Lstm m = new Lstm(3, 16, 2, true);
        Lstm bare = new Lstm(3, 4, 1, false, false, 0, new Generator(1));
        GruCell cell = new GruCell(3, 4)) {
      assertEquals(
          List.of(
              "weight_ih_l0",
              "weight_hh_l0",
              "bias_ih_l0",
              "bias_hh_l0",
              "weight_ih_l0_reverse",
              "weight_hh_l0_reverse",
              "bias_ih_l0_reverse",
              "bias_hh_l0_reverse"),
          List.copyOf(m.namedParameters().keySet()).subList(0, 8));
      assertEquals(16, m.namedParameters().size());
      assertEquals(Shape.of(64, 32), m.namedParameters().get("weight_ih_l1").shape());
      assertEquals(Shape.of(64, 16), m.namedParameters().get("weight_hh_l1_reverse").shape());
      assertEquals(
          List.of("weight_ih_l0", "weight_hh_l0"), List.copyOf(bare.namedParameters().keySet()));
      assertEquals(
          List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
          List.copyOf(cell.namedParameters().keySet()));
      assertEquals(Shape.of(12, 3), cell.namedParameters().get("weight_ih").shape());
      try (Scope s = Scope.open()) {
        for (Tensor p : m.parameters()) {
          double most = p.abs().max().item();
          assertTrue(most <= 0.25 && most > 0.2, "U(-1/4, 1/4), got " + most);
        }
        Numeric.assertShape(bare.apply(Tensor.zeros(2, 1, 3)), 2, 1, 4);
      }
      assertEquals("Lstm(3, 16, 2 layers, bidirectional)", m.toString());
      assertEquals("GruCell(3, 4)", cell.toString());
      assertEquals(
          2 * 5 * 2 * 64 * ((3 + 16) + (32 + 16)),
          m.multiplyAdds(Shape.of(2, 5, 3), Shape.of(2, 5, 32)));
    }
  }

  @Test
  void dropoutBetweenLayersOnlyInTraining() {
    try (Scope s = Scope.open();
        Gru m = new Gru(2, 4, 2, false, true, 0.5, new Generator(1))) {
      Tensor x = new Generator(2).normal(DType.F32, 1, 4, 2);
      assertTrue(m.apply(x).sub(m.apply(x)).abs().max().item() > 0);
      m.eval();
      assertArrayEquals(m.apply(x).floats(), m.apply(x).floats());
      assertEquals(8, m.namedParameters().size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru", "tanh"})
  void learnsToRememberTheFirstOfFive(String kind) {
    Generator random = new Generator(7);
    try (RecurrentLayers m = make(kind, 1, 6, 1, false);
        Linear head = new Linear(6, 1, random)) {
      List<Tensor> parameters = new ArrayList<>(m.parameters());
      parameters.addAll(head.parameters());
      double loss = 1;
      try (Adam adam = Adam.of(parameters).learningRate(0.03)) {
        for (int step = 0; step < 120; step++) {
          try (Scope s = Scope.open()) {
            Tensor x = random.uniform(DType.F32, 16, 5, 1).ge(0.5).to(DType.F32);
            Tensor y = head.apply(m.apply(x).select(1, 4));
            Tensor l = Losses.mse(y, x.select(1, 0));
            l.backward();
            adam.step();
            adam.zeroGrad();
            loss = l.item();
          }
        }
      }
      assertTrue(loss < 0.02, "loss " + loss);
    }
  }

  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  @Test
  void refusals() {
    assertEquals("Lstm: hidden must be at least 1, got 0", refusal(() -> new Lstm(1, 0)));
    try (Scope s = Scope.open();
        Lstm m = new Lstm(2, 3);
        GruCell cell = new GruCell(2, 3)) {
      assertEquals(
          "Lstm(2, 3): the input must be [N, T, 2] with at least one time step, got [4, 0, 2]",
          refusal(() -> m.apply(Tensor.zeros(4, 0, 2))));
      Tensor h = Tensor.zeros(1, 4, 3);
      assertEquals(
          "Lstm(2, 3): the state's c must be [1, 4, 3], got null",
          refusal(() -> m.run(Tensor.zeros(4, 5, 2), new RecurrentState(h))));
      assertEquals(
          "Lstm(2, 3): the state's h must be [1, 2, 3], got [1, 4, 3]",
          refusal(() -> m.run(Tensor.zeros(2, 5, 2), new RecurrentState(h, h))));
      assertEquals(
          "GruCell(2, 3): the state has a c, but only LSTMs have one",
          refusal(() -> cell.step(Tensor.zeros(4, 2), new RecurrentState(h, h))));
      assertEquals(
          "GruCell(2, 3): the input must be [N, 2], got [4, 3]",
          refusal(() -> cell.apply(Tensor.zeros(4, 3))));
    }
  }
}
