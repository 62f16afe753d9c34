package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

class ModelsTest {
  private static final Generator G = new Generator(1);

  @Test
  void mlp() {
    try (Sequential m = Models.mlp(Shape.of(28, 28, 1), 10)) {
      assertEquals(784 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10, m.parameterCount());
    }
  }

  @Test
  void lenet() {
    try (Sequential m = Models.lenet(28, 28, 1, 10, G)) {
      long[] layers = m.layers().stream().mapToLong(Module::parameterCount).toArray();
      assertEquals(832, layers[0]);
      assertEquals(51_264, layers[3]);
      assertEquals(3_212_288, layers[7]);
      assertEquals(10_250, layers[9]);
      assertEquals(3_274_634, m.parameterCount());
    }
    try (Scope s = Scope.open();
        Sequential m = Models.lenet(8, 8, 1, 10, G)) {
      Numeric.assertShape(m.apply(Tensor.zeros(3, 8, 8, 1)), 3, 10);
    }
  }

  @Test
  void resnet8() {
    long stem = 9 * 3 * 16 + 2 * 16;
    long first = 2 * 9 * 16 * 16 + 4 * 16;
    long second = 9 * 16 * 32 + 9 * 32 * 32 + 4 * 32 + 16 * 32 + 2 * 32;
    long third = 9 * 32 * 64 + 9 * 64 * 64 + 4 * 64 + 32 * 64 + 2 * 64;
    long head = 64 * 10 + 10;
    assertEquals(78_042, stem + first + second + third + head);
    try (Scope s = Scope.open();
        Sequential m = Models.resnet8(32, 32, 3, 10, G)) {
      assertEquals(78_042, m.parameterCount());
      assertEquals(18, m.namedBuffers().size());
      m.eval();
      Numeric.assertShape(m.apply(Tensor.zeros(1, 9, 7, 3)), 1, 10);
    }
  }

  @Test
  void byName() {
    for (String name : Models.names()) {
      try (Scope s = Scope.open();
          Sequential m = Models.byName(name, 8, 8, 1, 5, G)) {
        m.eval();
        Numeric.assertShape(m.apply(Tensor.zeros(2, 8, 8, 1)), 2, 5);
      }
    }
    assertEquals(
        "model: no 'resnet'; known are mlp, lenet, resnet8",
        assertThrows(IllegalArgumentException.class, () -> Models.byName("resnet", 8, 8, 1, 5, G))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> Models.byName("lenet", 3, 8, 1, 5, G));
    assertThrows(IllegalArgumentException.class, () -> Models.byName("mlp", 8, 8, 0, 5, G));
    assertThrows(IllegalArgumentException.class, () -> Models.byName("resnet8", 8, 8, 1, 0, G));
  }

  @Test
  void summaryOfLenet() {
    try (Sequential m = Models.lenet(28, 28, 1, 10, G)) {
      long before = m.parameters().get(0).backend().liveBytes();
      Summary s = Summary.of(m, Shape.of(2, 28, 28, 1));
      assertEquals(before, m.parameters().get(0).backend().liveBytes());
      assertEquals(3_274_634, s.parameters());
      assertEquals(4 * 3_274_634, s.parameterBytes());
      // 28*28*25*32 + 14*14*25*32*64 + 3136*1024 + 1024*10
      assertEquals(627_200 + 10_035_200 + 3_211_264 + 10_240, s.multiplyAdds());
      // Two images of: convolution and ReLU, pool, both twice, then the dense part; no Flatten.
      long floats = 2 * 25_088 + 6_272 + 2 * 12_544 + 3_136 + 2 * 1024 + 10;
      assertEquals(2 * 4 * floats, s.activationBytes());
      assertEquals(10, s.rows().size());
      assertEquals(
          new Summary.Row(
              "0",
              "Conv2d(1, 32, 5x5, pad 2)",
              Shape.of(2, 28, 28, 1),
              Shape.of(2, 28, 28, 32),
              832,
              2 * 627_200),
          s.rows().get(0));
      assertTrue(m.isTraining());
    }
  }

  @Test
  void summaryHasARowForEachThatComputes() {
    try (Sequential m = Models.resnet8(32, 32, 3, 10, G)) {
      m.children().get("1").eval();
      Summary s = Summary.of(m, Shape.of(1, 32, 32, 3));
      List<String> paths = s.rows().stream().map(Summary.Row::path).toList();
      assertTrue(paths.containsAll(List.of("3.body.0", "4.shortcut.1", "4", "7")));
      assertFalse(paths.contains("4.body"));
      assertEquals(78_042, s.rows().stream().mapToLong(Summary.Row::parameters).sum());
      assertTrue(m.isTraining());
      assertFalse(m.children().get("1").isTraining());
      String[] lines = s.toString().split("\\R");
      assertEquals(s.rows().size() + 2 + 4, lines.length);
      for (int i = 1; i < s.rows().size() + 2; i++) {
        assertEquals(lines[0].length(), lines[i].length(), lines[i]);
      }
      assertTrue(s.toString().contains("78,042 (0.31 MB)"), s.toString());
    }
  }

  @Test
  void summaryOfOneSharedLayer() {
    Linear l = new Linear(4, 4);
    try (Sequential m = new Sequential(l, l)) {
      Summary s = Summary.of(m, Shape.of(1, 4));
      assertEquals(20, s.parameters());
      assertEquals(20, s.rows().get(0).parameters());
      assertEquals(0, s.rows().get(1).parameters());
      assertEquals("(model)", Summary.of(l, Shape.of(1, 4)).rows().get(0).path());
      assertThrows(IllegalArgumentException.class, () -> Summary.of(m, Shape.of(0, 4)));
      assertThrows(IllegalArgumentException.class, () -> Summary.of(m, Shape.of(1, 5)));
    }
  }
}
