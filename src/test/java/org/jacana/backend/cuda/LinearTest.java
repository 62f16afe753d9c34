package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.jacana.op.Binary;
import org.jacana.op.Unary;
import org.junit.jupiter.api.Test;

class LinearTest {
  @Test
  void linear() {
    int[][] sizes = {{1, 1, 1}, {5, 3, 7}, {64, 8, 32}, {33, 16, 5}, {2, 1000, 3}, {0, 4, 3}};
    for (int[] s : sizes) {
      for (DType type : new DType[] {DType.F32, DType.F16, DType.BF16}) {
        for (int option = 0; option < 8; option++) {
          boolean withBias = (option & 1) != 0;
          boolean relu = (option & 2) != 0;
          // A bias that is every second element, and does not begin at a multiple of 16 bytes.
          UnaryOperator<Layout> sparse = (option & 4) == 0 ? l -> l : l -> l.slice(0, 1, s[1], 2);
          Shape bias = Shape.of((option & 4) == 0 ? s[1] : 2 * s[1] + 1);
          try (Twins t = new Twins(option)) {
            Twins.Twin y = t.dense(type, Shape.of(s[0], s[1]));
            t.dense(type, Shape.of(s[0], s[2]));
            t.dense(type, Shape.of(s[1], s[2]));
            t.view(type, bias, sparse);
            var v = t.twins();
            t.reference.matmul(
                y.reference(),
                v.get(1).reference(),
                v.get(2).reference().with(v.get(2).reference().layout().permute(1, 0)));
            if (withBias) {
              t.reference.binary(
                  Binary.ADD,
                  y.reference(),
                  y.reference(),
                  v.get(3).reference().expand(y.reference().shape()));
            }
            if (relu) {
              t.reference.unary(Unary.RELU, 0, 0, y.reference(), y.reference());
            }
            assertTrue(
                t.cuda.linear(
                    y.cuda(),
                    v.get(1).cuda(),
                    v.get(2).cuda(),
                    withBias ? v.get(3).cuda() : null,
                    relu));
            double wide = 4e-7 * Math.sqrt(s[2] + 1);
            t.same("linear " + type + " " + option, y, 2 * Twins.tolerance(type, wide));
          }
        }
      }
    }
  }

  @Test
  void linearLeavesOtherTypesToTheCompositeForm() {
    try (Twins t = new Twins(4)) {
      t.dense(DType.F64, Shape.of(2, 2));
      t.dense(DType.F64, Shape.of(2, 3));
      t.dense(DType.F64, Shape.of(2, 3));
      t.dense(DType.F64, Shape.of(2));
      var v = t.twins();
      assertFalse(
          t.cuda.linear(v.get(0).cuda(), v.get(1).cuda(), v.get(2).cuda(), v.get(3).cuda(), false));
    }
  }
}
