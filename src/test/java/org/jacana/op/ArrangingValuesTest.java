package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of arrangements and sums of products by hand or by NumPy. */
class ArrangingValuesTest {
  private static int[] ints(String list) {
    return list == null || list.isEmpty()
        ? new int[0]
        : Arrays.stream(list.split(",")).mapToInt(Integer::parseInt).toArray();
  }

  private static Tensor of(double... v) {
    return Tensor.of(v);
  }

  private static void check(Tensor y, double... expected) {
    assertArrayEquals(expected, y.doubles(), 1e-15);
  }

  private static String refusal(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  /** Element k of every operand is 7 k mod 11 - 5; results by numpy.einsum. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ij,jk->ik; 2,3|3,2; 2,2; 19,6,-30,24",
        "bij,bjk->bik; 2,1,3|2,3,2; 2,1,2; 19,6,19,18",
        "ii->i; 3,3; 3; -5,1,-4",
        "ii; 3,3; ; -8",
        "ijk->kij; 2,1,3; 3,2,1; -5,5,2,1,-2,-3",
        "ba; 2,3; 3,2; -5,5,2,1,-2,-3",
        "...ij,...jk->...ik; 2,1,1,3|2,3,2; 2,2,1,2; 19,6,-26,16,-30,24,19,18",
        "bn,anm,bm->ba; 2,3|2,3,2|2,2; 2,2; -83,162,180,52",
        "ij,k->j; 2,3|2; 3; 0,-9,15",
        "iij,jk->ik; 2,2,3|3,2; 2,2; 19,6,-18,16",
        "bca,ca; 2,3,2|3,2; 2; 68,17"
      })
  void einsumEqualsNumPy(String equation, String shapes, String shape, String expected) {
    try (Scope s = Scope.open()) {
      Tensor[] xs =
          Arrays.stream(shapes.split("\\|"))
              .map(
                  t -> {
                    double[] v = new double[Values.size(ints(t))];
                    Arrays.setAll(v, i -> 7 * i % 11 - 5);
                    return Tensor.of(v, ints(t));
                  })
              .toArray(Tensor[]::new);
      Tensor y = Tensor.einsum(equation, xs);
      assertEquals(Shape.of(ints(shape)), y.shape());
      assertArrayEquals(ints(expected), y.ints());
    }
  }

  @Test
  void einsumRefusals() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.zeros(2, 3);
      assertEquals(
          "einsum: axis 0 of operand 1 has extent 2, elsewhere 3 (equation \"ij,jk->ik\","
              + " operands [2, 3], [2, 3])",
          refusal(() -> Tensor.einsum("ij,jk->ik", x, x)));
      assertTrue(refusal(() -> Tensor.einsum("ij->ik", x)).contains("'k' is in no operand"));
      assertTrue(refusal(() -> Tensor.einsum("ij->ii", x)).contains("twice"));
      assertTrue(refusal(() -> Tensor.einsum("i->i", x)).contains("does not name the 2 axes"));
      assertTrue(refusal(() -> Tensor.einsum("ij,jk", x)).contains("2 operands, got 1"));
      assertTrue(refusal(() -> Tensor.einsum("i1->i", x)).contains("got '1'"));
      assertThrows(IllegalArgumentException.class, () -> Tensor.einsum("ij"));
    }
  }

  @Test
  void bordersByHand() {
    try (Scope s = Scope.open()) {
      Tensor x = of(1, 2, 3);
      check(x.pad(Padding.REFLECT, 2, 1), 3, 2, 1, 2, 3, 2);
      check(x.pad(Padding.REPLICATE, 2, 1), 1, 1, 1, 2, 3, 3);
      check(x.pad(Padding.CIRCULAR, 2, 1), 2, 3, 1, 2, 3, 1);
      assertEquals(
          "pad: a border of 3 is too long for REFLECT on axis 0 of [3]; at most 2",
          refusal(() -> x.pad(Padding.REFLECT, 3, 0)));
      assertTrue(refusal(() -> x.pad(Padding.CIRCULAR, 4, 0)).contains("at most 3"));
      assertTrue(refusal(() -> x.pad(Padding.REPLICATE, -1, 0)).contains("non-negative"));
    }
  }

  @Test
  void arrangementsByHand() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
      check(x.roll(1, 1), 3, 1, 2, 6, 4, 5);
      check(of(1, 2).repeat(2, 2), 1, 2, 1, 2, 1, 2, 1, 2);
      check(x.tile(2).select(0, 0), 1, 2, 3, 1, 2, 3);
      check(of(1, 2).repeatInterleave(2, 0), 1, 1, 2, 2);
      assertEquals(Shape.of(3, 4, 2), Tensor.zeros(2, 3, 4).moveAxis(0, -1).shape());
      check(x.tril(0), 1, 0, 0, 4, 5, 0);
      check(x.triu(1), 0, 2, 3, 0, 0, 6);
      check(x.diagonal(), 1, 5);
      check(x.diagonal(1, 0, 1), 2, 6);
      check(x.diagonal(-1, 0, 1), 4);
      check(of(7, 8).diagEmbed(-1), 0, 0, 0, 7, 0, 0, 0, 8, 0);
      assertEquals(6, x.trace().item());
      Tensor[] parts = Tensor.arange(7).chunk(3, 0);
      assertArrayEquals(new int[] {6}, parts[2].ints());
      assertEquals(4, Tensor.arange(8).chunk(5, 0).length);
      check(x.narrow(1, -2, 1), 2, 5);
      // One pixel with channels (c, i, j) for c 0..1 and a 2x2 block.
      Tensor pixel = Tensor.of(new double[] {0, 1, 2, 3, 10, 11, 12, 13}, 1, 1, 1, 8);
      check(pixel.pixelShuffle(2), 0, 10, 1, 11, 2, 12, 3, 13);
      check(pixel.pixelShuffle(2).pixelUnshuffle(2), pixel.doubles());
      Tensor[] grid = Tensor.meshgrid(of(1, 2), of(3, 4, 5));
      check(grid[0], 1, 1, 1, 2, 2, 2);
      check(grid[1], 3, 4, 5, 3, 4, 5);
    }
  }

  @Test
  void indexingByHand() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
      Tensor at = Tensor.of(new int[] {2, 0, 2}, 1, 3);
      check(x.scatter(1, at, Tensor.of(new double[] {7, 8, 9}, 1, 3)), 8, 2, 9, 4, 5, 6);
      check(x.scatter(1, at, -1), -1, 2, -1, 4, 5, 6);
      check(x.indexAdd(1, Tensor.of(new int[] {1, 1}), Tensor.ones(2, 2)), 1, 4, 3, 4, 7, 6);
      check(x.take(Tensor.of(new int[] {5, 0})), 6, 1);
      check(x.maskedFill(x.gt(3), 0), 1, 2, 3, 0, 0, 0);
      check(x.maskedSelect(x.remainder(2).eq(0)), 2, 4, 6);
      assertArrayEquals(new int[] {0, 1, 1, 2}, x.eq(2).logicalOr(x.eq(6)).nonZero().ints());
      check(of(1, 2, 3).dot(of(4, 5, 6)), 32);
      check(of(1, 2).outer(of(3, 4)), 3, 4, 6, 8);
      check(x.tensordot(x, new int[] {0, 1}, new int[] {0, 1}), 91);
    }
  }

  @Test
  void windowsByHand() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1);
      ConvSpec spec = ConvSpec.of(1, 0);
      Tensor w = x.unfold(2, 2, spec);
      assertEquals(Shape.of(1, 2, 2, 2, 2, 1), w.shape());
      check(w, 1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9);
      // Every element as often as windows hold it.
      check(w.fold(3, 3, spec), 1, 4, 3, 8, 20, 12, 7, 16, 9);
      assertTrue(
          refusal(() -> w.fold(4, 3, spec)).startsWith("fold: images [1, 4, 3, 1] have 3x2"));
      assertTrue(refusal(() -> x.unfold(4, 1, spec)).contains("does not fit"));
    }
  }
}
