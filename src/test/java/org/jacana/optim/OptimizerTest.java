package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
  private static Tensor of(double... v) {
    return Tensor.of(v);
  }

  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  static Stream<Function<List<Tensor>, Optimizer>> all() {
    return Stream.of(
        ps -> Sgd.of(ps).learningRate(0.1),
        ps -> Sgd.of(ps).learningRate(0.1).momentum(0.9).weightDecay(0.1),
        ps -> Adam.of(ps).learningRate(0.1),
        ps -> AdamW.of(ps).learningRate(0.1),
        ps -> Sgd.of(ps).learningRate(0.1).momentum(0.9).rateInVelocity(true),
        ps -> Adam.of(ps).learningRate(0.1).amsgrad(true),
        ps -> RmsProp.of(ps).learningRate(0.02),
        ps -> RmsProp.of(ps).learningRate(0.005).alpha(0.9).momentum(0.5).centered(true),
        ps -> Adagrad.of(ps).learningRate(1).initialAccumulator(0.1),
        ps -> Adadelta.of(ps).learningRate(5),
        ps -> Adamax.of(ps).learningRate(0.1),
        ps -> NAdam.of(ps).learningRate(0.1),
        ps -> RAdam.of(ps).learningRate(0.1),
        ps -> Lion.of(ps).learningRate(0.02).betas(0.5, 0.5),
        ps -> Muon.of(ps).learningRate(0.1).weightDecay(0));
  }

  @ParameterizedTest
  @MethodSource("all")
  void stepsDownAParabola(Function<List<Tensor>, Optimizer> make) {
    try (Scope s = Scope.open()) {
      Tensor w = of(3, -2).requiresGrad(true);
      try (Optimizer o = make.apply(List.of(w))) {
        for (int i = 0; i < 300; i++) {
          try (Scope step = Scope.open()) {
            o.zeroGrad();
            w.square().sum().backward();
            o.step();
          }
        }
      }
      assertArrayEquals(new double[] {0, 0}, w.doubles(), 0.05);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void nothingChangesWhenOneGradientIsWrong(Function<List<Tensor>, Optimizer> make) {
    try (Scope s = Scope.open()) {
      Tensor a = of(1, 2);
      Tensor b = of(3);
      Tensor closed = of(1);
      closed.close();
      try (Optimizer o = make.apply(List.of(a, b))) {
        String m = refusal(() -> o.step(List.of(of(1, 1), of(1, 1))));
        assertTrue(
            m.contains("gradient 1 must be like its parameter F64 [1] on " + Device.best()), m);
        refusal(() -> o.step(List.of(of(1, 1), Tensor.of(new float[] {1}))));
        refusal(() -> o.step(List.of(of(1, 1))));
        refusal(() -> o.step(List.of(of(1, 1), of(1).to(Device.REFERENCE))));
        assertThrows(IllegalStateException.class, () -> o.step(List.of(of(1, 1), closed)));
        b.close();
        assertThrows(IllegalStateException.class, () -> o.step(List.of(of(1, 1), of(1))));
        assertArrayEquals(new double[] {1, 2}, a.doubles());
        assertTrue(o.state().tensors().isEmpty());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void parametersWithoutGradientAreLeftAlone(Function<List<Tensor>, Optimizer> make) {
    try (Scope s = Scope.open()) {
      Tensor a = of(1).requiresGrad(true);
      Tensor b = of(2).requiresGrad(true);
      try (Optimizer o = make.apply(List.of(a, b))) {
        a.square().sum().backward();
        o.step();
        assertTrue(a.item() < 1);
        assertEquals(2, b.item());
        assertNull(o.state().scalars().get("1.step"));
        o.zeroGrad();
        assertNull(a.grad());
        double was = a.item();
        o.step();
        assertEquals(was, a.item());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void memoryDoesNotGrowAndIsGivenBack(Function<List<Tensor>, Optimizer> make) {
    try (Scope s = Scope.open()) {
      Tensor w = of(3, -2).requiresGrad(true);
      Tensor g = of(1, 1);
      Backend backend = w.backend();
      long before = backend.liveBytes();
      try (Optimizer o = make.apply(List.of(w))) {
        o.step(List.of(g));
        long after = backend.liveBytes();
        for (int i = 0; i < 5; i++) {
          o.learningRate(0.01 * i);
          o.step(List.of(g));
          assertEquals(after, backend.liveBytes());
        }
      }
      assertEquals(before, backend.liveBytes());
      assertTrue(w.isOpen());
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void aSavedStateContinuesTheSameWay(Function<List<Tensor>, Optimizer> make) {
    try (Scope s = Scope.open()) {
      Tensor a = of(3, -2);
      Tensor b = of(3, -2);
      try (Optimizer o = make.apply(List.of(a));
          Optimizer p = make.apply(List.of(b))) {
        for (int i = 0; i < 3; i++) {
          o.step(List.of(of(i, 1)));
        }
        o.learningRate(0.02);
        b.assign(a);
        p.step(List.of(of(9, 9)));
        b.assign(a);
        p.load(o.state());
        assertEquals(0.02, p.learningRate());
        for (int i = 0; i < 3; i++) {
          o.step(List.of(of(i, 2)));
          p.step(List.of(of(i, 2)));
        }
        assertArrayEquals(a.doubles(), b.doubles());
        // Its own state is a state too.
        p.load(p.state());
        o.step(List.of(of(1, 1)));
        p.step(List.of(of(1, 1)));
        assertArrayEquals(a.doubles(), b.doubles());
      }
    }
  }

  @Test
  void statesThatDoNotFitChangeNothing() {
    try (Scope s = Scope.open();
        Sgd sgd = Sgd.of(List.of(of(1, 2))).momentum(0.9);
        Adam adam = Adam.of(List.of(of(1, 2)));
        Adam adamw = AdamW.of(List.of(of(1, 2)));
        Sgd other = Sgd.of(List.of(of(1, 2, 3))).momentum(0.9);
        Sgd two = Sgd.of(List.of(of(1, 2), of(3))).momentum(0.5)) {
      sgd.step(List.of(of(1, 1)));
      adam.step(List.of(of(1, 1)));
      two.step(List.of(of(1, 1), of(1)));
      String m = refusal(() -> adam.load(sgd.state()));
      assertTrue(m.contains("no 'beta1'"), m);
      assertTrue(refusal(() -> sgd.load(adam.state())).contains("no 'momentum'"));
      assertTrue(refusal(() -> adamw.load(adam.state())).contains("is of adam;"));
      assertTrue(refusal(() -> other.load(sgd.state())).contains("other parameters"));
      refusal(() -> sgd.load(two.state()));
      Map<String, Double> bad = new HashMap<>(adam.state().scalars());
      bad.put("learning_rate", Double.NaN);
      refusal(() -> adam.load(new Optimizer.State(adam.state().tensors(), bad)));
      bad.put("learning_rate", 1.0);
      bad.put("0.step", 1.5);
      refusal(() -> adam.load(new Optimizer.State(adam.state().tensors(), bad)));
      bad.put("0.step", 4.0);
      Map<String, Tensor> half = new HashMap<>(adam.state().tensors());
      half.remove("0.exp_avg");
      m = refusal(() -> adam.load(new Optimizer.State(half, bad)));
      assertTrue(m.contains("needs [exp_avg, exp_avg_sq], got [exp_avg_sq]"), m);
      assertEquals(1, adam.state().scalars().get("0.step"));
      assertEquals(1e-3, adam.learningRate());
      assertArrayEquals(
          new double[] {1, 1}, sgd.state().tensors().get("0.momentum_buffer").doubles());
    }
  }

  @Test
  void groupsHaveTheirOwnRateAndDecay() {
    try (Scope s = Scope.open()) {
      Tensor a = of(1);
      Tensor b = of(1);
      try (Sgd o =
          Sgd.of(List.of(a)).weightDecay(0.5).group(List.of(b), 10, 0).learningRate(0.01)) {
        o.step(List.of(of(1), of(1)));
        assertEquals(1 - 0.01 * 1.5, a.item(), 1e-15);
        assertEquals(0.9, b.item(), 1e-15);
        o.learningRate(0.02).step(List.of(of(0), of(1)));
        assertEquals(0.7, b.item(), 1e-15);
        assertEquals(2, o.parameters().size());
        assertTrue(refusal(() -> o.group(List.of(a), 1, 0)).contains("given twice"));
        refusal(() -> o.group(List.of(of(1)), -1, 0));
        assertEquals(2, o.parameters().size());
      }
    }
  }

  @Test
  void aRecordedGraphNoticesTheStep() {
    try (Scope s = Scope.open()) {
      Tensor w = of(1, 2).requiresGrad(true);
      Tensor y = w.square().sum();
      try (Sgd o = Sgd.of(List.of(w))) {
        o.step(List.of(of(1, 1)));
        String m =
            assertThrows(IllegalStateException.class, () -> Autograd.grad(y, w)).getMessage();
        assertTrue(m.contains("changed in place"), m);
        assertTrue(w.node().isLeaf());
      }
    }
  }

  @Test
  void smallTypesKeepTheirAveragesInFloat32() {
    try (Scope s = Scope.open()) {
      Tensor w = of(1, 2).to(DType.BF16);
      try (Adam o = Adam.of(List.of(w)).learningRate(0.5)) {
        o.step(List.of(of(1, 1).to(DType.BF16)));
        assertEquals(DType.F32, o.state().tensors().get("0.exp_avg").dtype());
        assertArrayEquals(new double[] {0.5, 1.5}, w.doubles());
      }
    }
  }

  @Test
  void parametersThatCannotBeTrainedAreRefused() {
    try (Scope s = Scope.open()) {
      Tensor w = of(1, 2).requiresGrad(true);
      assertTrue(refusal(() -> Sgd.of(List.of())).contains("no parameters"));
      assertTrue(refusal(() -> Sgd.of(List.of(w, w))).contains("parameter 1 [2] is given twice"));
      assertTrue(refusal(() -> Adam.of(List.of(w.mul(2)))).contains("result of 'mul"));
      assertTrue(refusal(() -> Adam.of(List.of(Tensor.arange(3)))).contains("float type"));
      assertTrue(refusal(() -> Sgd.of(Arrays.asList(w, null))).contains("is null"));
      assertTrue(refusal(() -> Sgd.of(List.of(of(1).expand(3)))).contains("expanded"));
    }
  }

  @Test
  void badConstantsAreRefused() {
    try (Scope s = Scope.open();
        Sgd sgd = Sgd.of(List.of(of(1)));
        Adam adam = Adam.of(List.of(of(1)))) {
      for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
        refusal(() -> sgd.learningRate(bad));
        refusal(() -> sgd.momentum(bad));
        refusal(() -> sgd.dampening(bad));
        refusal(() -> sgd.weightDecay(bad));
        refusal(() -> adam.learningRate(bad));
        refusal(() -> adam.betas(bad, 0.9));
        refusal(() -> adam.betas(0.9, bad));
        refusal(() -> adam.epsilon(bad));
        refusal(() -> adam.weightDecay(bad));
      }
      refusal(() -> adam.betas(1, 0.9));
      assertEquals(
          "sgd: learning rate must be finite and not negative, got NaN",
          refusal(() -> sgd.learningRate(Double.NaN)));
      sgd.nesterov(true);
      String m = refusal(() -> sgd.step(List.of(of(1))));
      assertTrue(m.startsWith("sgd: nesterov needs momentum above 0 and no dampening"), m);
      sgd.nesterov(false).rateInVelocity(true);
      m = refusal(() -> sgd.step(List.of(of(1))));
      assertTrue(m.startsWith("sgd: rateInVelocity needs momentum above 0"), m);
    }
  }

  @Test
  void badConstantsOfTheOthersAreRefused() {
    try (Scope s = Scope.open();
        RmsProp rms = RmsProp.of(List.of(of(1)));
        Adagrad grad = Adagrad.of(List.of(of(1)));
        Adadelta delta = Adadelta.of(List.of(of(1)));
        Adamax max = Adamax.of(List.of(of(1)));
        NAdam nadam = NAdam.of(List.of(of(1)));
        RAdam radam = RAdam.of(List.of(of(1)));
        Lion lion = Lion.of(List.of(of(1)));
        Muon muon = Muon.of(List.of(of(1)))) {
      for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
        refusal(() -> rms.alpha(bad));
        refusal(() -> rms.epsilon(bad));
        refusal(() -> rms.momentum(bad));
        refusal(() -> grad.rateDecay(bad));
        refusal(() -> grad.initialAccumulator(bad));
        refusal(() -> delta.rho(bad));
        refusal(() -> max.betas(0.9, bad));
        refusal(() -> nadam.momentumDecay(bad));
        refusal(() -> radam.betas(bad, 0.9));
        refusal(() -> lion.betas(bad, 0.9));
        refusal(() -> lion.weightDecay(bad));
        refusal(() -> lion.group(List.of(of(1)), bad, 0));
        refusal(() -> muon.momentum(bad));
      }
      assertEquals(
          "muon: iterations must be a whole number from 1 to 100, got 0.0",
          refusal(() -> muon.iterations(0)));
      assertEquals(
          "nadam: momentum decay must be finite and not negative, got -1.0",
          refusal(() -> nadam.momentumDecay(-1)));
      Map<String, Double> wrong = new HashMap<>(rms.state().scalars());
      wrong.put("centered", 0.5);
      assertTrue(
          refusal(() -> rms.load(new Optimizer.State(Map.of(), wrong)))
              .contains("centered must be 0 or 1"));
    }
  }

  @Test
  void aClosedOptimizerSaysSo() {
    try (Scope s = Scope.open()) {
      Sgd o = Sgd.of(List.of(of(1)));
      o.close();
      o.close();
      assertThrows(IllegalStateException.class, () -> o.step(List.of(of(1))));
      assertThrows(IllegalStateException.class, () -> o.learningRate(1));
      assertThrows(IllegalStateException.class, o::state);
    }
  }
}
