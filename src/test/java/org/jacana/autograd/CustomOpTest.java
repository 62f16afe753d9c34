package org.jacana.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CustomOpTest {
  private static final CustomOp CUBE =
      CustomOp.ofDoubles(
              "cube", s -> s[0], (x, s) -> Arrays.stream(x[0]).map(v -> v * v * v).toArray())
          .gradient((x, y, g) -> new Tensor[] {g.mul(x[0].square()).mul(3)});

  /** exp(a) b, by tensor operations, reading its own output. */
  private static final CustomOp GROW =
      CustomOp.of("grow", x -> x[0].exp().mul(x[1]))
          .gradient((x, y, g) -> new Tensor[] {g.mul(y), g.mul(x[0].exp())});

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor of(double... v) {
    return Tensor.of(v);
  }

  @Test
  void derivativesOfThreeOrders() {
    GradientCheck.of(in -> CUBE.apply(in)).order(3).tolerance(1e-6, 1e-5).check(of(1, -2, 0.5));
    GradientCheck.of(in -> GROW.apply(in))
        .order(3)
        .tolerance(1e-6, 1e-5)
        .check(of(1, -2, 0.5), of(2, 3, -1));
  }

  @Test
  void typesAndLayouts() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).transpose(0, 1);
    Tensor y = CUBE.apply(x);
    assertEquals(DType.F32, y.dtype());
    assertArrayEquals(new float[] {1, 27, 8, 64}, y.floats());
    CustomOp twice =
        CustomOp.ofFloats(
            "rowSums",
            s -> Shape.of(s[0].dim(0)),
            (in, s) -> new float[] {in[0][0] + in[0][1], in[0][2] + in[0][3]});
    assertArrayEquals(new float[] {4, 6}, twice.apply(x).floats());
    assertEquals(
        "rowSums: input 0 is F64, which float arrays would round; use ofDoubles, or cast with"
            + " to(DType.F32)",
        assertThrows(IllegalArgumentException.class, () -> twice.apply(of(1))).getMessage());
  }

  @Test
  void transformsSeeThrough() {
    Tensor h = Transforms.hessian(x -> CUBE.apply(x).sum(), of(1, 2));
    assertArrayEquals(new double[] {6, 0, 0, 12}, h.doubles());
  }

  @Test
  void anInputMayBeItsOwnResult() {
    Tensor x = of(1, 2).requiresGrad(true);
    CustomOp same = CustomOp.of("same", in -> in[0]).gradient((in, y, g) -> new Tensor[] {g});
    assertArrayEquals(new double[] {1, 1}, Autograd.grad(same.apply(x).sum(), x).doubles());
  }

  @Test
  void differentiatingTwiceWhereOnceIsDeclaredThrows() {
    CustomOp square =
        CustomOp.of("square", in -> in[0].square())
            .gradientOnce(
                (in, y, g) ->
                    new Tensor[] {
                      Tensor.of(Arrays.stream(in[0].mul(g).doubles()).map(v -> 2 * v).toArray())
                    });
    GradientCheck.of(in -> square.apply(in)).order(1).check(of(1, 2));
    Tensor x = of(1, 2).requiresGrad(true);
    Tensor g = Autograd.grad(square.apply(x).sum(), List.of(x), true).get(0);
    assertArrayEquals(new double[] {2, 4}, g.doubles());
    String message =
        "square: can be differentiated only once; give its gradient in tensor language with"
            + " gradient(...) to differentiate it again";
    assertEquals(
        message,
        assertThrows(IllegalStateException.class, () -> Autograd.grad(g.sum(), x)).getMessage());
    assertEquals(
        message,
        assertThrows(
                IllegalStateException.class,
                () -> Transforms.hessian(t -> square.apply(t).sum(), of(1, 2)))
            .getMessage());
    // By the seed too.
    assertThrows(
        IllegalStateException.class, () -> Transforms.jvp(square::apply, of(1, 2), of(1, 1)));
  }

  private static void refused(Class<? extends RuntimeException> type, String message, Runnable r) {
    assertEquals(message, assertThrows(type, r::run).getMessage());
  }

  @Test
  void mistakesAreNamed() {
    Tensor x = of(1, 2).requiresGrad(true);
    CustomOp none = CustomOp.of("none", in -> in[0].exp());
    refused(
        IllegalStateException.class,
        "none: no gradient was given; add one with gradient(...)",
        () -> Autograd.grad(none.apply(x).sum(), x));
    refused(
        IllegalArgumentException.class,
        "wide: the gradient of input 0 must have its shape [2], got [3, 2]; undo broadcasting with"
            + " sumTo",
        () ->
            Autograd.grad(
                CustomOp.of("wide", in -> in[0].expand(3, 2))
                    .gradient((in, y, g) -> new Tensor[] {g})
                    .apply(x)
                    .sum(),
                x));
    refused(
        IllegalArgumentException.class,
        "few: the gradient must give one tensor for each of 2 inputs, got 1",
        () ->
            Autograd.grad(
                CustomOp.of("few", in -> in[0].add(in[1]))
                    .gradient((in, y, g) -> new Tensor[] {g})
                    .apply(x, x)
                    .sum(),
                x));
    refused(
        IllegalArgumentException.class,
        "short: the result's shape [2] needs 2 values, the function gave 1",
        () -> CustomOp.ofDoubles("short", s -> s[0], (v, s) -> new double[1]).apply(x));
    refused(
        IllegalArgumentException.class,
        "hidden: the function uses a tracked tensor [2] that is not among its inputs, so that its"
            + " gradient would be lost; give it as an input, or detach() it",
        () -> CustomOp.of("hidden", in -> in[0].mul(x)).apply(of(1, 2)));
    refused(IllegalArgumentException.class, "none: needs at least one input", none::apply);
  }
}
