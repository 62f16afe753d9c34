package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.LeakExtension;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.nn.Losses;
import org.jacana.optim.Adam;
import org.jacana.optim.AdamW;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the CPU computes by oneDNN for long arrays, against the plain Java of the reference. */
@ExtendWith(LeakExtension.class)
class NativeUpdatesTest {
  /** Not a multiple of any chunk. */
  private static final int N = 70_001;

  private interface Make {
    Optimizer of(List<Tensor> parameters);
  }

  private static float[] steps(Device d, Make make) {
    try (Scope scope = Scope.open(d)) {
      Tensor w = new Generator(1).normal(DType.F32, N).requiresGrad(true);
      try (Optimizer o = make.of(List.of(w)).learningRate(0.05)) {
        for (int i = 0; i < 4; i++) {
          o.step(List.of(new Generator(2 + i).normal(DType.F32, N)));
          o.learningRate(0.05 / (i + 2));
        }
      }
      return w.floats();
    }
  }

  private static void same(Make make) {
    assertArrayEquals(steps(Device.REFERENCE, make), steps(Device.CPU, make), 2e-6f);
  }

  @Test
  void sgdInEveryForm() {
    same(p -> Sgd.of(p));
    same(p -> Sgd.of(p).weightDecay(0.1));
    same(p -> Sgd.of(p).momentum(0.9));
    same(p -> Sgd.of(p).momentum(0.9).weightDecay(0.1));
    same(p -> Sgd.of(p).momentum(0.9).dampening(0.3).weightDecay(0.1));
    same(p -> Sgd.of(p).momentum(0.9).nesterov(true).weightDecay(0.1));
  }

  @Test
  void adamInEveryForm() {
    same(p -> Adam.of(p));
    same(p -> AdamW.of(p).weightDecay(0.1));
    same(p -> Adam.of(p).weightDecay(0.1));
  }

  @Test
  void anUpdateTakesTheSameBitsAtAnyNumberOfThreads() {
    int before = Device.threads();
    try {
      Device.threads(1);
      float[] one = steps(Device.CPU, p -> Adam.of(p));
      Device.threads(3);
      assertArrayEquals(one, steps(Device.CPU, p -> Adam.of(p)));
    } finally {
      Device.threads(before);
    }
  }

  @Test
  void arithmeticKeepsNaNAndInfinity() {
    float[] a = new float[N];
    float[] b = new float[N];
    float[] odd = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -1f, 2f, Float.MIN_VALUE
    };
    for (int i = 0; i < N; i++) {
      a[i] = odd[i % odd.length];
      b[i] = odd[i / odd.length % odd.length];
    }
    try (Scope scope = Scope.open(Device.CPU)) {
      Tensor x = Tensor.of(a);
      Tensor y = Tensor.of(b);
      float[] sum = x.add(y).floats();
      float[] difference = x.sub(y).floats();
      float[] product = x.mul(y).floats();
      float[] quotient = x.div(y).floats();
      float[] relu = x.relu().floats();
      for (int i = 0; i < N; i++) {
        assertEquals(a[i] + b[i], sum[i]);
        assertEquals(a[i] - b[i], difference[i], i + "");
        assertEquals(a[i] * b[i], product[i]);
        assertEquals(a[i] / b[i], quotient[i]);
        assertEquals(Math.max(a[i], 0), relu[i]);
      }
    }
  }

  @Test
  void aRowIsTakenForEveryRow() {
    float[][] of = new float[2][];
    for (Device d : List.of(Device.REFERENCE, Device.CPU)) {
      try (Scope scope = Scope.open(d)) {
        Tensor all = Tensor.zeros(0);
        for (int c : new int[] {2, 3, 16, 33, 64}) {
          Tensor x = new Generator(c).normal(DType.F32, 7, 11, 113, c);
          Tensor row = new Generator(c + 1).normal(DType.F32, c);
          Tensor y = x.mul(row).add(row).sub(row.mul(2)).div(row.abs().add(1));
          all = Tensor.concat(0, all, y.reshape(Math.toIntExact(y.size())));
        }
        of[d.equals(Device.CPU) ? 1 : 0] = all.floats();
      }
    }
    assertArrayEquals(of[0], of[1], 2e-6f);
  }

  @Test
  void lossesOfManyClassesAreThoseOfTheReference() {
    float[][] of = new float[2][];
    for (Device d : List.of(Device.REFERENCE, Device.CPU)) {
      try (Scope scope = Scope.open(d)) {
        Tensor z = new Generator(1).normal(DType.F32, 37, 1001).mul(4);
        // One label that is all but impossible, one that is all but sure.
        float[] v = z.floats();
        v[5 * 1001 + 7] = -200;
        v[6 * 1001 + 8] = 60;
        z = Tensor.of(v, 37, 1001).requiresGrad(true);
        int[] labels = new int[37];
        for (int i = 0; i < 37; i++) {
          labels[i] = i * 31 % 1001;
        }
        labels[5] = 7;
        labels[6] = 8;
        Tensor y = Tensor.of(labels);
        Tensor losses = Losses.crossEntropy(z, y, Losses.Reduction.NONE);
        Tensor weights = new Generator(9).uniform(DType.F32, 37);
        losses.mul(weights).sum().backward();
        float[] all = java.util.Arrays.copyOf(losses.floats(), 37 + 37 * 1001);
        System.arraycopy(z.grad().floats(), 0, all, 37, 37 * 1001);
        z.zeroGrad();
        of[d.equals(Device.CPU) ? 1 : 0] = all;
      }
    }
    assertTrue(of[0][5] > 150, "the hard one is hard: " + of[0][5]);
    for (int i = 0; i < of[0].length; i++) {
      float most = Math.max(3e-6f, 3e-6f * Math.abs(of[0][i]));
      assertEquals(of[0][i], of[1][i], most, "at " + i);
    }
  }
}
