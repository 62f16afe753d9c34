package org.jacana.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.backend.View;
import org.jacana.op.Op;
import org.jacana.op.Unary;
import org.junit.jupiter.api.Test;

class GradientCheckTest {
  /** x^3 with its gradient scaled, or its second derivative, or its gradient without recording. */
  private static final class Wrong extends Op {
    private final double first;
    private final boolean detached;
    private final double unrecorded;

    Wrong(double first, boolean detached, double unrecorded) {
      this.first = first;
      this.detached = detached;
      this.unrecorded = unrecorded;
    }

    @Override
    public String name() {
      return "cube";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return in[0].shape();
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.unary(Unary.POW_SCALAR, 3, 0, out, in[0]);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      Tensor x = detached ? in[0].detach() : in[0];
      double scale = first * (Autograd.recording() ? 1 : unrecorded);
      return new Tensor[] {g.mul(x.square()).mul(3 * scale)};
    }
  }

  private static GradientCheck.Failure failure(Op op, int order) {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      Tensor x = Tensor.of(new double[] {1, 2, -1, 0.5}, 2, 2);
      return assertThrows(
          GradientCheck.Failure.class,
          () ->
              GradientCheck.of(v -> Op.apply(op, v[0].reshape(v[0].shape())))
                  .order(order)
                  .check(x));
    }
  }

  @Test
  void aRightRulePasses() {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      Tensor x = Tensor.of(new double[] {1, 2, -1, 0.5}, 2, 2);
      GradientCheck.of(v -> Op.apply(new Wrong(1, false, 1), v)).order(3).check(x);
    }
  }

  @Test
  void aRuleOffByOnePercentIsCaught() {
    GradientCheck.Failure f = failure(new Wrong(1.01, false, 1), 1);
    assertEquals(1, f.order());
    assertEquals(0, f.input());
    assertArrayEquals(new int[] {0, 0}, f.element());
    assertEquals(1.01, f.exact() / f.numeric(), 1e-6);
    assertTrue(
        f.getMessage().startsWith("gradient check: order 1, input 0, element [0, 0]: the rule"),
        f.getMessage());
  }

  @Test
  void aRuleThatLosesTheGraphIsCaughtAtSecondOrder() {
    assertEquals(2, failure(new Wrong(1, true, 1), 2).order());
  }

  @Test
  void aRuleThatIsWrongOnlyWithoutRecordingIsCaught() {
    assertEquals(1, failure(new Wrong(1, false, 1.01), 1).order());
  }

  /** 2x, whose gradient's own gradient is wrong. */
  private static final class Twice extends Op {
    private final boolean gradient;

    Twice(boolean gradient) {
      this.gradient = gradient;
    }

    @Override
    public String name() {
      return "twice";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return in[0].shape();
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.unary(Unary.MUL_SCALAR, 2, 0, out, in[0]);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {gradient ? g.mul(2.02) : Op.apply(new Twice(true), g)};
    }
  }

  @Test
  void aLinearRulesOwnGradientIsCheckedToo() {
    assertEquals(2, failure(new Twice(false), 2).order());
  }

  @Test
  void everyInputIsChecked() {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      Tensor a = Tensor.of(new double[] {1, 2});
      GradientCheck.Failure f =
          assertThrows(
              GradientCheck.Failure.class,
              () ->
                  GradientCheck.check(v -> v[0].mul(v[2].detach()), a, Tensor.arange(2), a.mul(2)));
      assertEquals(2, f.input());
      assertEquals(0, f.exact());
    }
  }

  @Test
  void leavesNothingBehindOutsideAnyScope() {
    Backend b = Backends.standard();
    long before = b.liveBytes();
    try (Tensor x = Tensor.of(new double[] {1, 2, 3})) {
      GradientCheck.check(v -> v[0].exp().softmax(0), x);
      assertEquals(before + 24, b.liveBytes());
    }
  }

  @Test
  void onlyDoublePrecisionIsAccepted() {
    try (Tensor x = Tensor.ones(2)) {
      assertEquals(
          "gradient check: float inputs must be F64, input 0 is F32; cast with to(DType.F64)",
          assertThrows(IllegalArgumentException.class, () -> GradientCheck.check(v -> v[0], x))
              .getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> GradientCheck.check(v -> v[0]));
    assertThrows(IllegalArgumentException.class, () -> GradientCheck.of(v -> v[0]).order(0));
  }
}
