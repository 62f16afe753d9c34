package org.jacana.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Adam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What we write we read again. */
class OwnExportsTest {
  @TempDir Path folder;

  static List<ExportCases.Case> cases() {
    return ExportCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheSameOutput(ExportCases.Case c) throws IOException {
    try (Module m = c.build()) {
      for (boolean first : new boolean[] {true, false}) {
        OnnxModel read = Onnx.read(c.name(), OnnxExportTest.export(m, c, first));
        // Either order in the file gives our order here.
        try (GraphModule again = first ? read.imageModule() : read.module();
            Scope scope = Scope.open();
            Autograd.Mode off = Autograd.noGrad()) {
          float[] x = OnnxExportTest.input(c, 2);
          Tensor in = Tensor.of(x, c.example().insert(0, 2).dims());
          Tensor y = again.apply(c.integers() ? in.to(DType.I32) : in);
          OnnxExportTest.assertClose(
              OnnxExportTest.ours(m, c, x, 2, false),
              new Runtime.Array(y.floats(), y.shape()),
              1e-5);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsReachAllParameters(ExportCases.Case c) throws IOException {
    byte[] file;
    try (Module m = c.build()) {
      file = OnnxExportTest.export(m, c, true);
    }
    try (GraphModule m = Onnx.read(c.name(), file).imageModule();
        Scope scope = Scope.open()) {
      Tensor in = Tensor.of(OnnxExportTest.input(c, 2), c.example().insert(0, 2).dims());
      Tensor y = m.apply(c.integers() ? in.to(DType.I32) : in);
      if (!m.parameters().isEmpty()) {
        y.square().sum().backward();
      }
      m.namedParameters().forEach((n, p) -> assertNotNull(p.grad(), n));
    }
  }

  @Test
  void modulesAreMadeOnTheScopesDevice() throws IOException {
    Device device = Device.REFERENCE;
    try (Module m = Models.byName("lenet", 8, 8, 1, 4, new Generator(1))) {
      OnnxModel read = Onnx.read("m", Onnx.export(m, Shape.of(8, 8, 1)).bytes());
      float[] x = new float[2 * 8 * 8];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) Math.sin(i);
      }
      float[] expected;
      try (Scope scope = Scope.open()) {
        expected = m.eval().apply(Tensor.of(x, 2, 8, 8, 1)).floats();
      }
      try (Scope scope = Scope.open(device);
          GraphModule again = read.imageModule()) {
        again.parameters().forEach(p -> assertEquals(device, p.device()));
        Tensor y = again.apply(Tensor.of(x, 2, 8, 8, 1));
        assertEquals(device, y.device());
        OnnxExportTest.assertClose(
            new Runtime.Array(expected, y.shape()), new Runtime.Array(y.floats(), y.shape()), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lenet", "resnet8"})
  void trainsOn(String name) throws IOException {
    byte[] file;
    try (Module m = Models.byName(name, 8, 8, 1, 4, new Generator(1))) {
      file = Onnx.export(m, Shape.of(8, 8, 1)).bytes();
    }
    try (GraphModule m = Onnx.read(name, file).imageModule();
        Adam adam = Adam.of(m.parameters()).learningRate(1e-3)) {
      assertFalse(m.isTraining());
      m.train();
      double first = 0;
      double last = 0;
      for (int i = 0; i < 8; i++) {
        try (Scope step = Scope.open()) {
          Tensor x = new Generator(2).normal(DType.F32, 16, 8, 8, 1);
          int[] labels = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
          Tensor loss = Losses.crossEntropy(m.apply(x), Tensor.of(labels));
          loss.backward();
          if (i == 0) {
            first = loss.item();
            for (Map.Entry<String, Tensor> p : m.namedParameters().entrySet()) {
              assertNotNull(p.getValue().grad(), p.getKey());
              assertTrue(p.getValue().grad().abs().max().item() > 0, p.getKey());
            }
          }
          last = loss.item();
          adam.step();
          adam.zeroGrad();
        }
      }
      assertTrue(last < 0.7 * first, first + " to " + last);
    }
  }

  @Test
  void namesAreTheModels() throws IOException {
    try (Module m = Models.byName("resnet8", 8, 8, 1, 4, new Generator(1))) {
      OnnxModel read = Onnx.read("r", Onnx.export(m, Shape.of(8, 8, 1)).bytes());
      try (GraphModule again = read.module()) {
        assertEquals(shapes(m.namedParameters()), shapes(again.namedParameters()));
        assertEquals(shapes(m.namedBuffers()), shapes(again.namedBuffers()));
      }
    }
  }

  private static TreeSet<String> shapes(Map<String, Tensor> t) {
    TreeSet<String> s = new TreeSet<>();
    t.forEach((n, v) -> s.add(n + " " + v.shape()));
    return s;
  }

  @Test
  void theFileSaysWhereItComesFrom() throws IOException {
    Path file = folder.resolve("m.onnx");
    try (Module m = Models.byName("mlp", 8, 8, 1, 4, new Generator(1))) {
      Onnx.export(m, Shape.of(8, 8, 1))
          .metadata("dataset", "digits")
          .names("pixels", "logits")
          .write(file);
    }
    OnnxModel read = Onnx.read(file);
    assertEquals("jacana " + OnnxExport.VERSION, read.producer());
    assertEquals(OnnxExport.OPERATOR_SET, read.operatorSet());
    assertEquals(Map.of("dataset", "digits"), read.metadata());
    assertEquals(
        List.of(new OnnxModel.Port("pixels", DType.F32, List.of(-1, 1, 8, 8))), read.inputs());
    assertEquals(List.of(new OnnxModel.Port("logits", DType.F32, List.of(-1, 4))), read.outputs());
  }
}
