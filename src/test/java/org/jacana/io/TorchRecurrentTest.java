package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.nn.Embedding;
import org.jacana.nn.Gru;
import org.jacana.nn.Lstm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Recurrent weights and embeddings by PyTorch's names, against its documented formulas in loops.
 */
class TorchRecurrentTest {
  private static final int IN = 3;
  private static final int HIDDEN = 2;
  private static final int STEPS = 4;

  static List<Device> devices() {
    return Devices.all();
  }

  /** W x + b of the rows of a gate, weights [gates hidden, in] as PyTorch has them. */
  private static double row(double[] w, double[] b, int row, double[] x) {
    double sum = b[row];
    for (int k = 0; k < x.length; k++) {
      sum += w[row * x.length + k] * x[k];
    }
    return sum;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private interface Step {
    /** The next h of unit j; {@code i} and {@code s} are the input's and the state's sums. */
    double next(double[] i, double[] s, double[] c, double h, int j);
  }

  private static double[][] run(
      Nchw torch, String suffix, int gates, double[][] xs, boolean back, Step step) {
    double[] wih = torch.weight("weight_ih" + suffix, gates * HIDDEN, xs[0].length);
    double[] whh = torch.weight("weight_hh" + suffix, gates * HIDDEN, HIDDEN);
    double[] bih = torch.weight("bias_ih" + suffix, gates * HIDDEN);
    double[] bhh = torch.weight("bias_hh" + suffix, gates * HIDDEN);
    double[] h = new double[HIDDEN];
    double[] c = new double[HIDDEN];
    double[][] out = new double[xs.length][];
    for (int n = 0; n < xs.length; n++) {
      int t = back ? xs.length - 1 - n : n;
      double[] next = new double[HIDDEN];
      for (int j = 0; j < HIDDEN; j++) {
        double[] i = new double[gates];
        double[] s = new double[gates];
        for (int g = 0; g < gates; g++) {
          i[g] = row(wih, bih, g * HIDDEN + j, xs[t]);
          s[g] = row(whh, bhh, g * HIDDEN + j, h);
        }
        next[j] = step.next(i, s, c, h[j], j);
      }
      h = next;
      out[t] = h;
    }
    return out;
  }

  /** Gates i, f, g, o. */
  private static double lstm(double[] i, double[] s, double[] c, double h, int j) {
    c[j] = sigmoid(i[1] + s[1]) * c[j] + sigmoid(i[0] + s[0]) * Math.tanh(i[2] + s[2]);
    return sigmoid(i[3] + s[3]) * Math.tanh(c[j]);
  }

  /** Gates r, z, n. */
  private static double gru(double[] i, double[] s, double[] c, double h, int j) {
    double z = sigmoid(i[1] + s[1]);
    return (1 - z) * Math.tanh(i[2] + sigmoid(i[0] + s[0]) * s[2]) + z * h;
  }

  private static double[][] inputs(Nchw torch) {
    double[] v = torch.input(1, STEPS, IN, 1).v();
    double[][] xs = new double[STEPS][];
    for (int t = 0; t < STEPS; t++) {
      xs[t] = Arrays.copyOfRange(v, t * IN, (t + 1) * IN);
    }
    return xs;
  }

  private static Tensor tensor(double[][] xs) {
    float[] f = new float[STEPS * IN];
    for (int i = 0; i < f.length; i++) {
      f[i] = (float) xs[i / IN][i % IN];
    }
    return Tensor.of(f, 1, STEPS, IN);
  }

  private static double[][] joined(double[][] a, double[][] b) {
    double[][] out = new double[a.length][];
    for (int t = 0; t < a.length; t++) {
      out[t] = Arrays.copyOf(a[t], 2 * HIDDEN);
      System.arraycopy(b[t], 0, out[t], HIDDEN, HIDDEN);
    }
    return out;
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  @ParameterizedTest
  @MethodSource("devices")
  void twoLayersOfLstmInBothDirections(Device d) {
    Nchw torch = new Nchw(7);
    double[][] xs = inputs(torch);
    double[][] h =
        joined(
            run(torch, "_l0", 4, xs, false, TorchRecurrentTest::lstm),
            run(torch, "_l0_reverse", 4, xs, true, TorchRecurrentTest::lstm));
    h =
        joined(
            run(torch, "_l1", 4, h, false, TorchRecurrentTest::lstm),
            run(torch, "_l1_reverse", 4, h, true, TorchRecurrentTest::lstm));
    try (Scope s = Scope.open(d);
        Lstm net = new Lstm(IN, HIDDEN, 2, true)) {
      TorchState.of(net).load(torch.stateDict, "test");
      assertArrayEquals(flat(h), net.apply(tensor(xs)).doubles(), 1e-5);
      assertEquals(torch.stateDict.keySet(), TorchState.of(net).stateDict().keySet());
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void gru(Device d) {
    Nchw torch = new Nchw(8);
    double[][] xs = inputs(torch);
    double[][] h = run(torch, "_l0", 3, xs, false, TorchRecurrentTest::gru);
    try (Scope s = Scope.open(d);
        Gru net = new Gru(IN, HIDDEN)) {
      TorchState.of(net).load(torch.stateDict, "test");
      assertArrayEquals(flat(h), net.apply(tensor(xs)).doubles(), 1e-5);
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void embeddings(Device d) {
    Nchw torch = new Nchw(9);
    double[] w = torch.weight("emb.weight", 5, 2);
    try (Scope s = Scope.open(d);
        Embedding net = new Embedding(5, 2)) {
      TorchState.of(net).rename("", "emb").load(torch.stateDict, "test");
      assertArrayEquals(
          new double[] {w[6], w[7], w[0], w[1]}, net.apply(Tensor.of(new int[] {3, 0})).doubles());
    }
  }
}
