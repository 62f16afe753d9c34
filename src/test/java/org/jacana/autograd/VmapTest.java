package org.jacana.autograd;

import static org.jacana.autograd.Transforms.grad;
import static org.jacana.autograd.Transforms.hessian;
import static org.jacana.autograd.Transforms.vmap;
import static org.jacana.autograd.Transforms.vmapAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a mapped function runs once for all parts, and when it runs for each. */
class VmapTest {
  private final AtomicInteger calls = new AtomicInteger();
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
    return Tensor.of(v, v.length);
  }

  private static void same(Tensor t, double... expected) {
    assertArrayEquals(expected, t.doubles(), 1e-12);
  }

  private UnaryOperator<Tensor> counted(UnaryOperator<Tensor> f) {
    return x -> {
      calls.incrementAndGet();
      return f.apply(x);
    };
  }

  private void runs(int expected) {
    assertEquals(expected, calls.getAndSet(0));
  }

  @Test
  void runsOnceForAllParts() {
    Tensor x = of(1, 2, 3, 4, 5, 6).reshape(3, 2);
    same(vmap(counted(r -> r.square().sum())).apply(x), 5, 25, 61);
    runs(1);
    assertEquals(
        Shape.of(2),
        vmap(counted(r -> r.slice(0, 0, 1).sum()), 0, 0).apply(x.transpose(0, 1)).shape());
    runs(1);
  }

  @Test
  void runsInsideItself() {
    Tensor x = of(1, 2, 3, 4, 5, 6).reshape(3, 2);
    Tensor w = of(10, 20);
    // All products of elements of x and w, the inner function seeing two numbers.
    Tensor y = vmap(r -> vmap(counted(a -> vmap(b -> a.mul(b)).apply(w))).apply(r)).apply(x);
    runs(1);
    assertEquals(Shape.of(3, 2, 2), y.shape());
    same(y, 10, 20, 20, 40, 30, 60, 40, 80, 50, 100, 60, 120);
    same(vmap(r -> vmap(counted(grad(a -> a.pow(3)))).apply(r)).apply(x), 3, 12, 27, 48, 75, 108);
    runs(1);
    // Hessians inside, differentiated once more from outside: d/dx of 6x for each element.
    Tensor leaf = x.detach().requiresGrad(true);
    Tensor h = vmap(counted(r -> hessian(p -> p.pow(3).sum(), r))).apply(leaf);
    runs(1);
    assertEquals(Shape.of(3, 2, 2), h.shape());
    same(Autograd.grad(h.sum(), leaf), 6, 6, 6, 6, 6, 6);
  }

  @Test
  void capturedTensorsStayConnected() {
    Tensor w = of(2).requiresGrad(true);
    Tensor x = of(1, 2, 3);
    Tensor y = vmap(counted(a -> grad(b -> b.pow(3).mul(w.sum())).apply(a))).apply(x);
    runs(1);
    same(y, 6, 24, 54);
    same(Autograd.grad(y.sum(), w), 3 + 12 + 27);
    // A mapped tensor that only the inner function captures.
    Tensor c = of(1, 2, 3).requiresGrad(true);
    Tensor z =
        vmapAll(xs -> grad(b -> b.square().mul(xs.get(1))).apply(xs.get(0)), new int[] {0, 0}, 0)
            .apply(List.of(x, c));
    same(Autograd.grad(z.mul(of(1, 10, 100)).sum(), c), 2, 40, 600);
    assertFalse(Autograd.noGrad(() -> vmap(a -> a.mul(w.sum())).apply(x)).requiresGrad());
    assertFalse(vmap(a -> a.detach()).apply(of(1, 2).requiresGrad(true)).requiresGrad());
  }

  @Test
  void numbersReadOutAreThoseOfEachPart() {
    Tensor x = of(-1, 2, -3, 4);
    same(vmap(counted(a -> a.item() > 0 ? a.mul(10) : a)).apply(x), -1, 20, -3, 40);
    runs(5);
    Tensor memory = Tensor.zeros(DType.F64);
    vmap(a -> {
          memory.assign(memory.add(a));
          return a;
        })
        .apply(x);
    same(memory, 2);
    same(vmap(counted(a -> Transforms.checkpoint(Tensor::exp, a))).apply(of(0, 1)), 1, Math.E);
    runs(3);
    CustomOp twice =
        CustomOp.of("twice", in -> in[0].mul(2)).gradient((in, out, g) -> new Tensor[] {g.mul(2)});
    same(vmap(counted(twice::apply)).apply(of(1, 2)), 2, 4);
    runs(3);
    try (Autograd.Mode watch = Autograd.detectAnomaly()) {
      same(vmap(counted(Tensor::exp)).apply(of(0, 1)), 1, Math.E);
      runs(2);
    }
  }

  @Test
  void randomNumbersAreDrawnForEachPart() {
    Generator mapped = new Generator(7);
    Generator alone = new Generator(7);
    Tensor y = vmap(counted(a -> a.add(mapped.uniform(DType.F64)))).apply(of(0, 0, 0));
    runs(4);
    for (int i = 0; i < 3; i++) {
      assertEquals(alone.uniform(DType.F64).item(), y.at(i).item());
    }
  }

  @Test
  void labelsAreCheckedBeforeAnythingRuns() {
    assertThrows(
        IllegalArgumentException.class,
        () -> vmap(a -> a.oneHot(3)).apply(Tensor.of(new int[] {0, 1, 3})));
    same(vmap(counted(a -> a.oneHot(2))).apply(Tensor.of(new int[] {0, 1})), 1, 0, 0, 1);
    runs(1);
  }

  @Test
  void aResultWithoutTheArgumentIsRepeated() {
    Tensor w = of(3).requiresGrad(true);
    Tensor y = vmap(a -> w.square()).apply(of(1, 2));
    assertEquals(Shape.of(2, 1), y.shape());
    same(Autograd.grad(y.sum(), w), 12);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> vmap(a -> null).apply(of(1)))
            .getMessage()
            .contains("returned null"));
  }

  @Test
  void partsAreRefusedWhenTheMapIsOver() {
    AtomicReference<Tensor> kept = new AtomicReference<>();
    vmap(a -> {
          kept.set(a.alias());
          return a;
        })
        .apply(of(1, 2));
    assertEquals("Tensor F64 [] (a part of a batch)", kept.get().toString());
    String message = assertThrows(IllegalStateException.class, kept.get()::item).getMessage();
    assertTrue(message.contains("inside vmap, which is over"), message);
    kept.get().close();
  }

  @Test
  void leavesNothingBehind() {
    Tensor x = of(1, 2, 3);
    long before = Backends.standard().liveBytes();
    for (UnaryOperator<Tensor> f :
        List.<UnaryOperator<Tensor>>of(
            grad(a -> a.pow(3)),
            a -> a.item() > 1 ? a : a.mul(2),
            a -> a.argmax(0).to(DType.F64))) {
      try {
        vmap(f).apply(x).close();
      } catch (IllegalArgumentException e) {
        assertTrue(e.getMessage().contains("axis 0"), e.getMessage());
      }
      assertEquals(before, Backends.standard().liveBytes());
    }
  }
}
