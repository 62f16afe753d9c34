package org.jacana.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Losses;
import org.jacana.optim.Adam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs not written by us give what ONNX Runtime gives for the same bytes. */
class ForeignGraphsTest {
  static List<ForeignCases.Case> cases() {
    return ForeignCases.all();
  }

  private static float[] input(Shape s) {
    try (Scope scope = Scope.open()) {
      return new Generator(4).normal(DType.F32, s.dims()).mul(1.3).floats();
    }
  }

  static List<Runtime.Array> ours(byte[] file, float[] x, Shape shape) throws IOException {
    try (GraphModule m = Onnx.read("graph", file).module();
        Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      List<Runtime.Array> out = new ArrayList<>();
      m.run(Map.of("x", Tensor.of(x, shape.dims())))
          .forEach((name, y) -> out.add(new Runtime.Array(y.floats(), y.shape())));
      return out;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheRuntimesOutput(ForeignCases.Case c) throws IOException {
    float[] x = input(c.x());
    List<Runtime.Array> expected = Runtime.run(c.bytes(), new Runtime.Array(x, c.x()));
    List<Runtime.Array> got = ours(c.bytes(), x, c.x());
    assertEquals(expected.size(), got.size());
    for (int i = 0; i < got.size(); i++) {
      OnnxExportTest.assertClose(expected.get(i), got.get(i), 1e-5);
    }
  }

  @Test
  void classifierTrainsOnAndKeepsItsNames() throws IOException {
    byte[] file = ForeignCases.classifier().bytes(13);
    try (GraphModule m = Onnx.read("c", file).imageModule();
        Adam adam = Adam.of(m.parameters()).learningRate(1e-2)) {
      assertEquals(Shape.of(6, 3, 3, 3), m.namedParameters().get("features.0.weight").shape());
      assertTrue(m.namedModules().get("features.1") instanceof BatchNorm);
      assertTrue(m.namedBuffers().containsKey("features.1.running_var"));
      assertEquals(7, m.namedParameters().size());
      m.train();
      double first = 0;
      double last = 0;
      for (int i = 0; i < 20; i++) {
        try (Scope step = Scope.open()) {
          Tensor x = new Generator(2).normal(DType.F32, 10, 9, 8, 3);
          Tensor labels = Tensor.of(new int[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4});
          Tensor loss = Losses.crossEntropy(m.apply(x), labels);
          loss.backward();
          m.namedParameters().forEach((n, p) -> assertNotNull(p.grad(), n));
          last = loss.item();
          first = i == 0 ? last : first;
          adam.step();
          adam.zeroGrad();
        }
      }
      assertTrue(last < 0.6 * first, first + " to " + last);
    }
  }

  @Test
  void sharedWeightsAreOneParameter() throws IOException {
    ForeignCases.Case c =
        cases().stream().filter(x -> x.name().startsWith("shared")).findAny().get();
    try (GraphModule m = Onnx.read("s", c.bytes()).module()) {
      assertEquals(1, m.parameters().size());
    }
  }
}
