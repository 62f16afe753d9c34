package org.jacana.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Activation;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Linear;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.nn.SpectralNorm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxExportTest {
  static List<ExportCases.Case> cases() {
    return ExportCases.all();
  }

  /** The public kinds of layers, from the compiled classes of the package. */
  static Set<Class<?>> layers() throws Exception {
    Path folder =
        Path.of(Module.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("org/jacana/nn");
    Set<Class<?>> found = new LinkedHashSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path f : files.toList()) {
        String name = f.getFileName().toString();
        if (name.endsWith(".class") && !name.contains("$") && !name.startsWith("package-")) {
          Class<?> c = Class.forName("org.jacana.nn." + name.replace(".class", ""));
          if (Module.class.isAssignableFrom(c)
              && Modifier.isPublic(c.getModifiers())
              && !Modifier.isAbstract(c.getModifiers())) {
            found.add(c);
          }
        }
      }
    }
    return found;
  }

  @Test
  void everyLayerHasARuleOrAReason() throws Exception {
    Set<Class<?>> layers = layers();
    assertTrue(layers.size() > 30, layers + "");
    for (Class<?> c : layers) {
      boolean excused = ExportRules.NOT_EXPORTED.containsKey(c);
      assertTrue(ExportRules.has(c) != excused, c + " needs an export rule or a reason");
    }
  }

  @Test
  void everyRuleHasACase() throws Exception {
    Set<String> tested = new TreeSet<>();
    for (ExportCases.Case c : ExportCases.all()) {
      try (Module m = c.model().get()) {
        m.namedModules().values().forEach(x -> tested.add(x.getClass().getName()));
      }
    }
    Set<String> wanted = new TreeSet<>();
    for (Class<?> c : layers()) {
      if (ExportRules.has(c)) {
        wanted.add(c.getName());
      }
    }
    assertEquals(wanted, tested);
  }

  static float[] input(ExportCases.Case c, int batch) {
    Shape s = c.example().insert(0, batch);
    try (Scope scope = Scope.open()) {
      Generator random = new Generator(11);
      return c.integers()
          ? random.uniform(DType.F32, s.dims()).mul(8.99).floor().floats()
          : random.normal(DType.F32, s.dims()).mul(2).floats();
    }
  }

  /** The model's own answer, in the order of axes that the graph gives. */
  static Runtime.Array ours(Module m, ExportCases.Case c, float[] x, int batch, boolean first) {
    try (Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor in = Tensor.of(x, c.example().insert(0, batch).dims());
      Tensor y = m.apply(c.integers() ? in.to(DType.I32) : in);
      Tensor ordered = first && y.rank() == 4 ? y.permute(0, 3, 1, 2) : y;
      return new Runtime.Array(ordered.floats(), ordered.shape());
    }
  }

  static Runtime.Array ordered(float[] x, Shape s, boolean first) {
    if (!first || s.rank() != 4) {
      return new Runtime.Array(x, s);
    }
    try (Scope scope = Scope.open()) {
      Tensor t = Tensor.of(x, s.dims()).permute(0, 3, 1, 2);
      return new Runtime.Array(t.floats(), t.shape());
    }
  }

  static void assertClose(Runtime.Array expected, Runtime.Array got, double tolerance) {
    assertEquals(expected.shape(), got.shape());
    double scale = 1e-3;
    for (float v : expected.values()) {
      scale = Math.max(scale, Math.abs(v));
    }
    for (int i = 0; i < expected.values().length; i++) {
      assertEquals(expected.values()[i], got.values()[i], tolerance * scale, "element " + i);
    }
  }

  static byte[] export(Module m, ExportCases.Case c, boolean first) {
    OnnxExport e = Onnx.export(m, c.example());
    if (!first) {
      e.channelsLast();
    }
    return c.integers() ? e.integerInput().bytes() : e.bytes();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void runtimeGivesOurOutput(ExportCases.Case c) {
    try (Module m = c.build()) {
      for (boolean first : new boolean[] {true, false}) {
        if (!first && c.example().rank() != 3) {
          continue;
        }
        byte[] file = export(m, c, first);
        for (int batch : new int[] {1, 3}) {
          float[] x = input(c, batch);
          Runtime.Array in = ordered(x, c.example().insert(0, batch), first);
          Runtime.Array y = Runtime.run(file, in.values(), in.shape());
          assertClose(ours(m, c, x, batch, first), y, 1e-5);
        }
      }
    }
  }

  @Test
  void trainingModesAreAsBefore() {
    BatchNorm inner = new BatchNorm(3);
    try (Sequential m = new Sequential(new Linear(2, 3), new Sequential(inner))) {
      m.train();
      inner.eval();
      Onnx.export(m, Shape.of(2)).bytes();
      assertTrue(m.isTraining());
      assertFalse(inner.isTraining());
    }
  }

  @Test
  void halfPrecisionWeightsAreWidened() {
    try (Module m = new Linear(4, 2, new Generator(1))) {
      m.to(DType.F16);
      byte[] file = Onnx.export(m, Shape.of(4)).bytes();
      float[] x = {1, 0, 0, 0};
      try (Scope scope = Scope.open()) {
        Tensor p = m.namedParameters().get("weight");
        Tensor b = m.namedParameters().get("bias");
        float[] expected = p.to(DType.F32).select(1, 0).add(b.to(DType.F32)).floats();
        assertArrayEquals(expected, Runtime.run(file, x, Shape.of(1, 4)).values(), 1e-6f);
      }
    }
  }

  @Test
  void theSameModelGivesTheSameBytes() {
    try (Module m = new Sequential(new Linear(4, 2, new Generator(1)), Activation.relu())) {
      byte[] a = Onnx.export(m, Shape.of(4)).metadata("b", "2").metadata("a", "1").bytes();
      byte[] b = Onnx.export(m, Shape.of(4)).metadata("a", "1").metadata("b", "2").bytes();
      assertArrayEquals(a, b);
    }
  }

  @Test
  void versionIsTheBuilds() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    assertTrue(pom.contains("<version>" + OnnxExport.VERSION + "</version>"));
  }

  @Test
  void refusals() {
    List<String> messages = new ArrayList<>();
    try (Scope scope = Scope.open();
        Linear linear = new Linear(4, 2);
        Module spectral = new Sequential(new SpectralNorm(linear.weight()))) {
      messages.add(message(() -> Onnx.export(spectral, Shape.of(4)).bytes()));
      messages.add(message(() -> Onnx.export(new Own(), Shape.of(4)).bytes()));
      messages.add(message(() -> Onnx.export(linear, Shape.of(5)).bytes()));
      messages.add(message(() -> Onnx.export(linear, Shape.of(0))));
      linear.to(DType.F64);
      messages.add(message(() -> Onnx.export(linear, Shape.of(4)).bytes()));
    }
    assertTrue(messages.get(0).startsWith("onnx: cannot export SpectralNorm at '0'; it maps"));
    assertTrue(messages.get(1).startsWith("onnx: cannot export Own; layers that can be"));
    assertTrue(messages.get(2).contains("must be 4, got [1, 5]"), messages.get(2));
    assertEquals("onnx: an example must not be empty, got [0]", messages.get(3));
    assertTrue(messages.get(4).contains("weight is F64; call to(DType.F32)"), messages.get(4));
  }

  private static String message(Runnable r) {
    return assertThrows(IllegalArgumentException.class, r::run).getMessage();
  }

  private static final class Own extends Module {
    @Override
    protected Tensor forward(Tensor x) {
      return x;
    }
  }
}
