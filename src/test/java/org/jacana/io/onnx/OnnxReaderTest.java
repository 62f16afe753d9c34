package org.jacana.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.data.FormatException;
import org.jacana.nn.Module;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules of the format, and what is said where one is broken. */
class OnnxReaderTest {
  @TempDir Path folder;

  private static final int[] TWO = {2};

  /** x + the tensor. */
  private static byte[] adding(Wire tensor) {
    return graph(g -> g.tensor(tensor).node("Add", "x t", "y"));
  }

  private static byte[] graph(UnaryOperator<Foreign> f) {
    return f.apply(new Foreign().input("x", 2)).output("y").bytes(13);
  }

  private static float[] run(byte[] file) throws IOException {
    try (GraphModule m = Onnx.read("m", file).module();
        Scope scope = Scope.open()) {
      return m.apply(Tensor.of(new float[] {10, 20})).floats();
    }
  }

  private static Wire typed(int type) {
    return Wire.head("t", TWO, type);
  }

  private static byte[] little(float... v) {
    Wire w = new Wire();
    for (float x : v) {
      w.number(1, x);
    }
    byte[] tagged = w.bytes();
    byte[] out = new byte[4 * v.length];
    for (int i = 0; i < v.length; i++) {
      System.arraycopy(tagged, 5 * i + 1, out, 4 * i, 4);
    }
    return out;
  }

  @Test
  void weightsMayBeInAnyFieldForThem() throws IOException {
    float[] expected = {11, 22};
    assertArrayEquals(expected, run(adding(Wire.tensor("t", TWO, 1, 2))));
    assertArrayEquals(expected, run(adding(typed(1).number(4, 1).number(4, 2))));
    assertArrayEquals(expected, run(adding(typed(1).bytes(4, little(1, 2)))));
    assertArrayEquals(expected, run(adding(typed(1).bytes(4, little(1)).number(4, 2))));
    byte[] packedDims = new Wire().bytes(1, new byte[] {2}).integer(2, 1).text(8, "t").bytes();
    assertArrayEquals(expected, run(adding(new Wire().raw(packedDims).bytes(9, little(1, 2)))));
  }

  @Test
  void integersOfEveryWidth() throws IOException {
    for (int type : new int[] {2, 3, 4, 5, 6}) {
      byte[] file =
          graph(
              g ->
                  g.tensor(typed(type).integer(5, 1).integer(5, 2))
                      .node("Cast", "t", "f", "to", 1)
                      .node("Add", "x f", "y"));
      assertArrayEquals(new float[] {11, 22}, run(file), "type " + type);
    }
    byte[] longs =
        graph(
            g ->
                g.tensor(typed(7).bytes(7, new byte[] {1, 2}))
                    .node("Cast", "t", "f", "to", 1)
                    .node("Add", "x f", "y"));
    assertArrayEquals(new float[] {11, 22}, run(longs));
  }

  @Test
  void halvesAndDoubles() throws IOException {
    byte[] halves =
        graph(
            g ->
                g.tensor(typed(10).bytes(9, new byte[] {0, 0x3c, 0, 0x40}))
                    .node("Cast", "t", "f", "to", 1)
                    .node("Add", "x f", "y"));
    assertArrayEquals(new float[] {11, 22}, run(halves));
    byte[] doubles =
        graph(
            g ->
                g.tensor(
                        typed(11)
                            .bytes(
                                10,
                                new byte[] {
                                  0, 0, 0, 0, 0, 0, (byte) 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40
                                }))
                    .node("Cast", "t", "f", "to", 1)
                    .node("Add", "x f", "y"));
    assertArrayEquals(new float[] {11, 22}, run(doubles));
  }

  @Test
  void initializersMayBeInputsToo() throws IOException {
    byte[] file =
        graph(g -> g.input("t", 2).tensor(Wire.tensor("t", TWO, 1, 2)).node("Add", "x t", "y"));
    assertEquals(1, Onnx.read("m", file).inputs().size());
    assertArrayEquals(new float[] {11, 22}, run(file));
  }

  @Test
  void typesThatAreNotReadAreNull() throws IOException {
    byte[] file =
        new Foreign()
            .input("x", 2)
            .field(11, Wire.value("s", 8, 2))
            .node("Relu", "x", "y")
            .output("y")
            .bytes(13);
    List<OnnxModel.Port> inputs = Onnx.read("m", file).inputs();
    assertEquals(List.of("s", "x"), inputs.stream().map(OnnxModel.Port::name).toList());
    assertNull(inputs.get(0).dtype());
    assertEquals(DType.F32, inputs.get(1).dtype());
  }

  record Broken(String name, byte[] bytes, String says) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Wire deep(int levels) {
    Wire w = new Wire();
    for (int i = 0; i < levels; i++) {
      w = new Wire().bytes(6, w.bytes());
    }
    return w;
  }

  private static byte[] withModelField(UnaryOperator<Wire> f) {
    return f.apply(new Wire().raw(graph(g -> g.node("Relu", "x", "y")))).bytes();
  }

  private static Wire dims(long... d) {
    Wire t = new Wire();
    for (long v : d) {
      t.integer(1, v);
    }
    return t.integer(2, 1).text(8, "t");
  }

  static Stream<Broken> broken() {
    byte[] good = graph(g -> g.node("Relu", "x", "y"));
    Wire opset = new Wire().text(1, "").integer(2, 13);
    return Stream.of(
        new Broken("empty", new byte[0], "a model, found an empty file"),
        new Broken("text", "hello world, this is no model".getBytes(), "no groups"),
        new Broken("truncated", Arrays.copyOf(good, good.length - 3), "protobuf"),
        new Broken("no graph", new Wire().message(8, opset).bytes(), "with a graph, found none"),
        new Broken("two graphs", withModelField(w -> w.message(7, new Wire())), "field 7 once"),
        new Broken("two operator sets", withModelField(w -> w.message(8, opset)), "once, found it"),
        new Broken("group", withModelField(w -> w.tag(3, 3)), "no groups in a model"),
        new Broken("field 0", withModelField(w -> w.raw((byte) 0, (byte) 1)), "invalid tag"),
        new Broken(
            "over-long varint",
            withModelField(
                w -> w.tag(1, 0).raw(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1})),
            "malformed varint"),
        new Broken("wrong wire type", withModelField(w -> w.integer(14, 1)), "wire type 2"),
        new Broken(
            "length of 2^31", withModelField(w -> w.tag(14, 2).varint(1L << 31)), "negative"),
        new Broken(
            "length past the end", withModelField(w -> w.tag(14, 2).varint(1 << 30)), "protobuf"),
        new Broken(
            "not UTF-8",
            withModelField(w -> w.message(14, new Wire().bytes(1, new byte[] {(byte) 0xc3}))),
            "UTF-8"),
        new Broken(
            "metadata twice",
            withModelField(
                w -> w.message(14, new Wire().text(1, "k")).message(14, new Wire().text(1, "k"))),
            "'k' twice"),
        new Broken(
            "operator set 5",
            new Foreign().input("x", 2).node("Relu", "x", "y").output("y").bytes(5),
            "operator set of 6 to 28, found 5"),
        new Broken("negative axis", adding(dims(-2).bytes(9, new byte[8])), "found -2"),
        new Broken("huge axis", adding(dims(1L << 31).bytes(9, new byte[8])), "2^31 - 1"),
        new Broken(
            "overflow", adding(dims(1 << 30, 1 << 30, 16).bytes(9, new byte[0])), "2^31 elements"),
        new Broken("overflow beside 0", adding(dims(0, 1 << 30, 1 << 30, 16)), "2^31 elements"),
        new Broken("too few bytes", adding(dims(2).bytes(9, new byte[7])), "8 bytes"),
        new Broken("too many bytes", adding(dims(2).bytes(9, new byte[9])), "8 bytes"),
        new Broken("no bytes", adding(dims(2)), "found 0 bytes"),
        new Broken(
            "data in two fields",
            adding(dims(2).bytes(9, new byte[8]).number(4, 1)),
            "in one field"),
        new Broken(
            "data in another field", adding(typed(1).integer(5, 1).integer(5, 2)), "field for"),
        new Broken("broken floats", adding(typed(1).bytes(4, new byte[7])), "numbers of 4 bytes"),
        new Broken("value too large", adding(typed(2).integer(5, 256).integer(5, 1)), "found 256"),
        new Broken("too few integers", adding(typed(6).integer(5, 256)), "2 elements"),
        new Broken("BOOL of 2", adding(typed(9).bytes(9, new byte[] {1, 2})), "0 or 1"),
        new Broken("strings", adding(typed(8).text(6, "a").text(6, "b")), "found type 8"),
        new Broken("4-bit integers", adding(typed(22).integer(5, 0)), "found type 22"),
        new Broken(
            "external data",
            adding(typed(1).message(13, new Wire().text(1, "location").text(2, "../secret"))),
            "save the model in one file"),
        new Broken("external by location", adding(typed(1).integer(14, 1)), "in one file"),
        new Broken("33 axes", adding(dims(new long[33])), "at most 32 axes"),
        new Broken(
            "initializer twice",
            graph(
                g ->
                    g.tensor(Wire.tensor("t", TWO, 1, 2))
                        .tensor(Wire.tensor("t", TWO, 1, 2))
                        .node("Add", "x t", "y")),
            "'t' twice"),
        new Broken(
            "sparse initializer",
            graph(g -> g.field(15, new Wire()).node("Relu", "x", "y")),
            "sparse"),
        new Broken("unknown input", graph(g -> g.node("Relu", "z", "y")), "its input 'z'"),
        new Broken(
            "not in order",
            graph(g -> g.node("Relu", "h", "y").node("Relu", "x", "h")),
            "before its input 'h'"),
        new Broken(
            "value twice",
            graph(g -> g.node("Relu", "x", "y").node("Tanh", "x", "y")),
            "'y' twice"),
        new Broken("input twice", graph(g -> g.input("x", 2).node("Relu", "x", "y")), "'x' twice"),
        new Broken("output nobody computes", graph(g -> g), "computes, found 'y'"),
        new Broken(
            "no output", new Foreign().input("x", 2).bytes(13), "with an output, found none"),
        new Broken("no operator", graph(g -> g.field(1, new Wire().text(2, "y"))), "an operator"),
        new Broken(
            "attribute twice",
            graph(g -> g.node("Elu", "x", "y", "alpha", 1.0, "alpha", 2.0)),
            "'alpha' twice"),
        new Broken(
            "attribute without its tensor",
            graph(
                g ->
                    g.field(
                        1,
                        new Wire()
                            .text(2, "y")
                            .text(4, "Constant")
                            .message(5, new Wire().text(1, "value").integer(20, 4)))),
            "a name and its value"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void refusesFiles(Broken b) {
    FormatException e =
        assertThrows(FormatException.class, () -> Onnx.read("some.onnx", b.bytes()));
    assertTrue(e.getMessage().contains(b.says()), e.getMessage());
    assertTrue(e.getMessage().startsWith("some.onnx: "), e.getMessage());
    assertEquals(-1, e.getMessage().indexOf('\n'), e.getMessage());
  }

  static Stream<Broken> unsupported() {
    return Stream.of(
        new Broken(
            "operator",
            graph(g -> g.node("Relu", "x", "h").node("GridSample", "h x", "y")),
            "found GridSample (node 'GridSample_1'); export the model without it"),
        new Broken(
            "domain",
            graph(
                g ->
                    g.field(
                        1,
                        new Wire()
                            .text(1, "x")
                            .text(2, "y")
                            .text(4, "FusedConv")
                            .text(7, "com.microsoft"))),
            "found com.microsoft.FusedConv"),
        new Broken(
            "subgraph",
            graph(
                g ->
                    g.field(
                        1,
                        new Wire()
                            .text(1, "x")
                            .text(2, "y")
                            .text(4, "If")
                            .message(
                                5, new Wire().text(1, "then_branch").raw(deep(10_000).bytes())))),
            "found If"),
        new Broken(
            "unknown attribute",
            graph(g -> g.node("Relu", "x", "y", "sharpness", 3)),
            "Relu (node 'Relu_0') with attributes that are supported, found 'sharpness'"),
        new Broken(
            "kind of attribute",
            graph(g -> g.node("Elu", "x", "y", "alpha", 3)),
            "attribute alpha as NUMBER, found INTEGER"),
        new Broken("inputs", graph(g -> g.node("Relu", "x x", "y")), "1 to 1 inputs, found 2"),
        new Broken(
            "empty input",
            graph(g -> g.node("Add", List.of("x", ""), List.of("y"))),
            "2 to 2 inputs"),
        new Broken(
            "second output",
            graph(
                g ->
                    g.node("MaxPool", List.of("x"), List.of("y", "i"), "kernel_shape", TWO)
                        .output("i")),
            "at most 1 outputs, found output 1 in use"),
        new Broken(
            "three spatial axes",
            graph(g -> g.weight("w", 1, 1, 2, 2, 2).node("Conv", "x w", "y")),
            "one or two spatial axes, found filter [1, 1, 2, 2, 2]"),
        new Broken(
            "stride 0",
            graph(g -> g.weight("w", 1, 1, 2, 2).node("Conv", "x w", "y", "strides", new int[2])),
            "strides of at least 1"),
        new Broken(
            "kernel_shape of another filter",
            graph(
                g ->
                    g.weight("w", 1, 1, 2, 2)
                        .node("Conv", "x w", "y", "kernel_shape", new int[] {2, 3})),
            "kernel_shape as the filter's [1, 1, 2, 2], found [2, 3]"),
        new Broken(
            "batch norm that trains",
            graph(
                g ->
                    g.weight("w", 2)
                        .node("BatchNormalization", "x w w w w", "y", "training_mode", 1)),
            "training_mode 0"),
        new Broken(
            "batch norm of unlike vectors",
            graph(
                g -> g.weight("w", 2).weight("v", 3).node("BatchNormalization", "x w w w v", "y")),
            "four float vectors of one length, found FLOAT [3]"),
        new Broken(
            "ratio 2", graph(g -> g.node("Dropout", "x", "y", "seed", 1, "ratio", 2.0)), "ratio"));
  }

  @ParameterizedTest
  @MethodSource("unsupported")
  void refusesGraphs(Broken b) throws IOException {
    OnnxModel read = Onnx.read("some.onnx", b.bytes());
    FormatException e = assertThrows(FormatException.class, read::module);
    boolean says = e.getMessage().contains(b.says());
    assertTrue(says || b.name().equals("ratio 2"), e.getMessage());
    assertEquals(-1, e.getMessage().indexOf('\n'), e.getMessage());
  }

  @Test
  void unsupportedNamesWhatIsSupported() throws IOException {
    OnnxModel read = Onnx.read("m", graph(g -> g.node("GridSample", "x x", "y")));
    FormatException e = assertThrows(FormatException.class, read::module);
    assertTrue(e.expected().contains("Conv, ConvTranspose, "), e.expected());
  }

  @Test
  void wrongInputsAreNamed() throws IOException {
    try (GraphModule m = Onnx.read("m", graph(g -> g.node("Relu", "x", "y"))).module();
        Scope scope = Scope.open()) {
      Tensor three = Tensor.zeros(3);
      Exception e = assertThrows(IllegalArgumentException.class, () -> m.apply(three));
      assertEquals(
          "GraphModule(1 nodes): input 'x' must be [2] in the graph's order, got [3]",
          e.getMessage());
      e = assertThrows(IllegalArgumentException.class, () -> m.run(Map.of("z", three)));
      assertTrue(e.getMessage().contains("input 'x' is missing, given are [z]"), e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> m.run(Map.of()));
    }
  }

  @Test
  void errorsOfNodesAreNamed() throws IOException {
    byte[] file = graph(g -> g.weight("w", 3).node("Add", "x w", "y"));
    try (GraphModule m = Onnx.read("m", file).module();
        Scope scope = Scope.open()) {
      Tensor x = Tensor.zeros(2);
      Exception e = assertThrows(IllegalArgumentException.class, () -> m.apply(x));
      assertTrue(e.getMessage().startsWith("onnx: Add (node 'Add_0'): "), e.getMessage());
    }
  }

  @Test
  void valuesAreClosedAfterTheirLastUse() throws IOException {
    int size = 100_000;
    Foreign g = new Foreign().input("x", 2, size / 2).weight("w", size / 2).positive("v", size / 2);
    for (int i = 0; i < 30; i++) {
      g.node("Relu", i == 0 ? "x" : "h" + (i - 1), "h" + i).node("Identity", "h" + i, "i" + i);
    }
    byte[] file = g.node("BatchNormalization", "h29 w w w v", "y").output("y").bytes(13);
    long[] most = {0};
    try (GraphModule m = Onnx.read("m", file).module();
        Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor x = Tensor.zeros(2, size / 2);
      long before = x.backend().liveBytes();
      Module.observe(
          (layer, in, out) -> most[0] = Math.max(most[0], in.backend().liveBytes() - before),
          () -> m.apply(x));
    }
    assertTrue(most[0] > 0 && most[0] < 6L * 4 * size, most[0] + " bytes");
  }

  @Test
  void namesThatCannotBeAreChanged() throws IOException {
    byte[] file =
        graph(
            g ->
                g.weight("a", 2)
                    .weight("a.b", 2)
                    .weight("..", 2)
                    .weight("c.d", 2)
                    .weight("c", 2)
                    .node("Sum", "x a a.b .. c.d c", "y"));
    try (GraphModule m = Onnx.read("m", file).module()) {
      assertEquals(
          List.of("a", "a_b", "c_1", "_._._", "c.d"), List.copyOf(m.namedParameters().keySet()));
    }
  }

  @Test
  void filesAreRead() throws IOException {
    Path file = Files.write(folder.resolve("m.onnx"), graph(g -> g.node("Relu", "x", "y")));
    assertEquals("pytorch 2.4.0", Onnx.read(file).producer());
    assertThrows(IOException.class, () -> Onnx.read(folder.resolve("none.onnx")));
  }
}
