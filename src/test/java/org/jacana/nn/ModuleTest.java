package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.Test;

class ModuleTest {
  private static final class Odd extends Module {
    Odd(String name) {
      parameter(name, Tensor.zeros(1));
    }

    @Override
    protected Tensor forward(Tensor x) {
      return x;
    }
  }

  @Test
  void namesAreDottedPaths() {
    try (Sequential m =
        new Sequential(
            new Conv2d(1, 2, 3, 1, 1, false, new Generator(1)),
            new Residual(new BatchNorm(2)),
            new Linear(2, 2))) {
      assertEquals(
          List.of("0.weight", "1.body.weight", "1.body.bias", "2.weight", "2.bias"),
          List.copyOf(m.namedParameters().keySet()));
      assertEquals(
          List.of("1.body.running_mean", "1.body.running_var"),
          List.copyOf(m.namedBuffers().keySet()));
      assertEquals(List.of("", "0", "1", "1.body", "2"), List.copyOf(m.namedModules().keySet()));
      assertEquals(18 + 4 + 6, m.parameterCount());
    }
  }

  @Test
  void aSharedLayerIsCountedOnce() {
    Linear l = new Linear(2, 2);
    try (Sequential m = new Sequential(l, l)) {
      assertEquals(4, m.namedParameters().size());
      assertEquals(2, m.parameters().size());
      assertEquals(6, m.parameterCount());
    }
  }

  @Test
  void badNamesAreRefused() {
    try (Scope s = Scope.open()) {
      assertThrows(IllegalArgumentException.class, () -> new Odd("a.b"));
      assertThrows(IllegalArgumentException.class, () -> new Odd(""));
    }
  }

  @Test
  void modesReachAllChildren() {
    Dropout d = new Dropout(0.5);
    try (Sequential m = new Sequential(new Residual(d))) {
      assertTrue(d.isTraining());
      m.eval();
      assertFalse(d.isTraining());
      m.train();
      assertTrue(d.isTraining());
    }
  }

  @Test
  void closingFreesEverything() {
    for (Device device : new Device[] {Device.CPU, Device.REFERENCE}) {
      Backend b = Backends.of(device);
      long before = b.liveBytes();
      try (Scope s = Scope.open(device);
          Sequential m = Models.resnet8(8, 8, 3, 10, new Generator(1))) {
        Tensor x = new Generator(2).normal(DType.F32, 4, 8, 8, 3);
        Tensor loss = Losses.crossEntropy(m.apply(x), Tensor.of(new int[] {1, 2, 3, 4}));
        loss.backward();
        assertTrue(b.liveBytes() > before);
        assertTrue(m.parameters().stream().allMatch(p -> p.grad() != null));
      }
      assertEquals(before, b.liveBytes(), device.toString());
    }
  }

  @Test
  void parametersOutliveTheScopeTheyWereMadeIn() {
    Linear l;
    try (Scope s = Scope.open()) {
      l = new Linear(2, 1);
    }
    assertTrue(l.weight().isOpen());
    l.close();
    assertFalse(l.weight().isOpen());
  }

  @Test
  void typesChangeInPlace() {
    try (Scope s = Scope.open();
        Sequential m = new Sequential(new Linear(3, 2, new Generator(4)), new BatchNorm(2))) {
      Tensor w = m.parameters().get(0);
      double[] values = w.doubles();
      long bytes = w.backend().liveBytes();
      m.to(DType.F64);
      assertSame(w, m.parameters().get(0));
      assertEquals(DType.F64, w.dtype());
      assertArrayEquals(values, w.doubles());
      assertEquals(DType.F64, m.namedBuffers().get("1.running_var").dtype());
      try (Scope inner = Scope.open()) {
        assertTrue(m.apply(Tensor.ones(DType.F64, 4, 3)).requiresGrad());
      }
      m.to(DType.F32);
      assertEquals(DType.F32, w.dtype());
      assertEquals(bytes, w.backend().liveBytes());
      assertThrows(IllegalArgumentException.class, () -> m.to(DType.I32));
    }
  }

  @Test
  void modelsWorkOnAnotherDeviceThanTheThreads() {
    Sequential m;
    Tensor x;
    try (Scope s = Scope.open(Device.REFERENCE)) {
      m = new Sequential(new Linear(2, 2), new Dropout(0.5), new BatchNorm(2));
      x = Scope.release(Tensor.ones(3, 2));
    }
    try (m;
        x;
        Scope s = Scope.open(Device.CPU)) {
      assertEquals(Device.REFERENCE, m.apply(x).device());
    }
  }

  /** Live memory must not grow with depth. */
  @Test
  void sequentialHoldsTwoOutputsAtATime() {
    List<Module> layers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      layers.add(i % 5 == 4 ? new Dropout(0.5) : Activation.tanh());
    }
    try (Sequential m = new Sequential(layers);
        Scope s = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      m.eval();
      Tensor x = Tensor.ones(64, 64);
      long bytes = x.size() * 4;
      Backend b = x.backend();
      long before = b.liveBytes();
      long[] most = {0};
      Tensor[] y = new Tensor[1];
      Module.observe(
          (module, in, out) -> most[0] = Math.max(most[0], b.liveBytes() - before),
          () -> y[0] = m.apply(x));
      assertEquals(2 * bytes, most[0]);
      assertEquals(bytes, b.liveBytes() - before);
      assertTrue(x.isOpen());
      assertTrue(y[0].isOpen());
    }
  }

  @Test
  void sequentialNeverClosesWhatIsNotItsOwn() {
    Tensor constant = Tensor.ones(2, 2);
    Module gives =
        new Module() {
          @Override
          protected Tensor forward(Tensor x) {
            return constant;
          }
        };
    try (constant;
        Scope s = Scope.open();
        Sequential m = new Sequential(new Identity(), gives, Activation.tanh());
        Sequential passes = new Sequential(new Identity(), new Dropout(0).eval());
        Sequential empty = new Sequential()) {
      Tensor x = Tensor.ones(2, 2);
      m.apply(x);
      assertTrue(constant.isOpen());
      assertSame(x, passes.apply(x));
      assertSame(x, empty.apply(x));
      assertTrue(x.isOpen());
    }
  }

  @Test
  void secondDerivativesPassThroughSequential() {
    try (Scope s = Scope.open();
        Sequential m = new Sequential(Activation.tanh(), new Identity(), Activation.tanh())) {
      Tensor x = Tensor.of(new double[] {0.3}).requiresGrad(true);
      Tensor g = Autograd.grad(m.apply(x).sum(), List.of(x), true).get(0);
      double second = Autograd.grad(g.sum(), x).item();
      double t = Math.tanh(0.3);
      double u = Math.tanh(t);
      double dt = 1 - t * t;
      double du = 1 - u * u;
      assertEquals(-2 * u * du * dt * dt + du * (-2 * t * dt), second, 1e-12);
    }
  }

  @Test
  void retypedParametersHaveGradients() {
    try (Scope s = Scope.open();
        Linear l = new Linear(2, 1)) {
      l.to(DType.F64);
      Numeric.ramp(l.weight());
      l.apply(Tensor.of(new double[] {3, 5}, 1, 2)).sum().backward();
      assertArrayEquals(new double[] {3, 5}, l.weight().grad().doubles());
      l.zeroGrad();
      assertEquals(null, l.weight().grad());
    }
  }
}
