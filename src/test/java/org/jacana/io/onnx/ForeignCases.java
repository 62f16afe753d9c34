package org.jacana.io.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.Shape;

/** Graphs in the style of other exporters, each with the shape of its float input x. */
final class ForeignCases {
  /** A graph with input x and one output, or several. */
  record Case(String name, int opset, Shape x, Foreign graph) {
    byte[] bytes() {
      return graph.bytes(opset);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final int[] IMAGE = {2, 4, 7, 6};
  private final List<Case> cases = new ArrayList<>();

  private ForeignCases() {}

  static List<Case> all() {
    ForeignCases c = new ForeignCases();
    c.networks();
    c.convolutions();
    c.pools();
    c.pointwise();
    c.shapes();
    c.parts();
    c.norms();
    c.sequences();
    return c.cases;
  }

  /** Adds a graph from x [dims] to y. */
  private void add(String name, int opset, int[] dims, UnaryOperator<Foreign> f) {
    int[] open = dims.clone();
    open[0] = -1;
    Foreign g = f.apply(new Foreign().input("x", open));
    cases.add(new Case(name, opset, Shape.of(dims), g));
  }

  private void one(String name, int opset, int[] dims, UnaryOperator<Foreign> f) {
    add(name, opset, dims, g -> f.apply(g).output("y"));
  }

  private static int[] ints(int... v) {
    return v;
  }

  static Foreign classifier() {
    return new Foreign()
        .input("x", -1, 3, 9, 8)
        .weight("features.0.weight", 6, 3, 3, 3)
        .weight("features.0.bias", 6)
        .positive("features.1.weight", 6)
        .weight("features.1.bias", 6)
        .weight("features.1.running_mean", 6)
        .positive("features.1.running_var", 6)
        .weight("features.4.weight", 8, 3, 2, 3)
        .weight("fc.weight", 5, 8)
        .weight("fc.bias", 5)
        .node(
            "Conv",
            "x features.0.weight features.0.bias",
            "c",
            "dilations",
            ints(1, 1),
            "group",
            1,
            "kernel_shape",
            ints(3, 3),
            "pads",
            ints(1, 1, 1, 1),
            "strides",
            ints(1, 1))
        .node(
            "BatchNormalization",
            "c features.1.weight features.1.bias features.1.running_mean features.1.running_var",
            "b",
            "epsilon",
            1e-3,
            "momentum",
            0.9)
        .node("Relu", "b", "r")
        .node(
            "MaxPool", "r", "p", "ceil_mode", 1, "kernel_shape", ints(2, 2), "strides", ints(2, 2))
        .node("Conv", "p features.4.weight", "d", "group", 2, "dilations", ints(2, 1))
        .node("GlobalAveragePool", "d", "g")
        .node("Flatten", "g", "f", "axis", 1)
        .node("Gemm", "f fc.weight fc.bias", "y", "transB", 1, "alpha", 1.0, "beta", 1.0)
        .output("y");
  }

  private void networks() {
    cases.add(new Case("classifier", 13, Shape.of(2, 3, 9, 8), classifier()));
    one(
        "flatten by shape arithmetic",
        13,
        IMAGE,
        g ->
            g.weight("w", 168, 3)
                .weight("b", 3)
                .node("Relu", "x", "r")
                .node("Shape", "r", "s")
                .node("Constant", List.of(), List.of("zero"), "value", Wire.longs("", ints(), 0))
                .node("Gather", "s zero", "n", "axis", 0)
                .longs("axes0", 0)
                .node("Unsqueeze", "n axes0", "nu")
                .longs("minus", -1)
                .node("Concat", "nu minus", "to", "axis", 0)
                .node("Reshape", "r to", "flat")
                .node("MatMul", "flat w", "m")
                .node("Add", "m b", "y"));
    one(
        "shared weights through Identity",
        13,
        ints(2, 3, 5, 5),
        g ->
            g.weight("w", 3, 3, 3, 3)
                .node("Identity", "w", "v")
                .node("Conv", "x w", "a", "pads", ints(1, 1, 1, 1))
                .node("Conv", "a v", "y", "pads", ints(1, 1, 1, 1)));
    one(
        "branches joined and scaled",
        13,
        IMAGE,
        g ->
            g.weight("w1", 3, 4, 1, 1)
                .weight("w2", 5, 4, 3, 3)
                .weight("s", 8, 1, 1)
                .weight("t", 1, 8, 1, 1)
                .node("Conv", "x w1", "a")
                .node("Conv", "x w2", "b", "auto_pad", "SAME_UPPER")
                .node("Concat", "a b", "c", "axis", 1)
                .node("Mul", "c s", "m")
                .node("Add", "t m", "u")
                .node("Mul", "u u", "y"));
    one(
        "matrices",
        13,
        ints(4, 6),
        g ->
            g.weight("a", 4, 5)
                .weight("c", 6, 1)
                .node("Gemm", "x a c", "h", "transA", 1, "alpha", 0.5, "beta", 2.0)
                .node("Transpose", "h", "y"));
  }

  private void convolutions() {
    for (String auto : new String[] {"SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"}) {
      one(
          "conv " + auto,
          11,
          IMAGE,
          g ->
              g.weight("w", 3, 4, 2, 3)
                  .weight("b", 3)
                  .node("Conv", "x w b", "y", "auto_pad", auto, "strides", ints(2, 3)));
      one(
          "transposed " + auto,
          11,
          IMAGE,
          g ->
              g.weight("w", 4, 3, 3, 2)
                  .node("ConvTranspose", "x w", "y", "auto_pad", auto, "strides", ints(2, 2)));
    }
    one(
        "conv of unequal pads",
        11,
        IMAGE,
        g ->
            g.weight("w", 4, 2, 3, 2)
                .node("Conv", "x w", "y", "pads", ints(0, 2, 1, 0), "group", 2));
    one(
        "conv of sequences",
        11,
        ints(2, 4, 9),
        g ->
            g.weight("w", 6, 2, 3)
                .weight("b", 6)
                .node(
                    "Conv",
                    "x w b",
                    "y",
                    "pads",
                    ints(2, 1),
                    "strides",
                    ints(2),
                    "dilations",
                    ints(2),
                    "group",
                    2));
    one(
        "transposed of sequences",
        11,
        ints(2, 4, 5),
        g ->
            g.weight("w", 4, 3, 3)
                .node(
                    "ConvTranspose",
                    "x w",
                    "y",
                    "pads",
                    ints(1, 0),
                    "strides",
                    ints(2),
                    "output_padding",
                    ints(1)));
    one(
        "transposed with groups",
        11,
        IMAGE,
        g ->
            g.weight("w", 4, 3, 3, 3)
                .weight("b", 6)
                .node(
                    "ConvTranspose",
                    "x w b",
                    "y",
                    "pads",
                    ints(1, 0, 0, 1),
                    "strides",
                    ints(2, 3),
                    "dilations",
                    ints(2, 1),
                    "output_padding",
                    ints(1, 2),
                    "group",
                    2));
    one(
        "transposed to a shape",
        11,
        IMAGE,
        g ->
            g.weight("w", 4, 3, 3, 3)
                .node(
                    "ConvTranspose",
                    "x w",
                    "y",
                    "strides",
                    ints(2, 2),
                    "output_shape",
                    ints(14, 11)));
    one(
        "filter that is computed",
        13,
        ints(2, 3, 5, 5),
        g -> g.weight("w", 4, 3, 3, 3).node("Tanh", "w", "v").node("Conv", "x v", "y"));
  }

  private void pools() {
    for (String type : new String[] {"MaxPool", "AveragePool"}) {
      for (int ceil = 0; ceil < 2; ceil++) {
        int c = ceil;
        for (int[] pads : new int[][] {{0, 0, 0, 0}, {1, 1, 1, 1}, {1, 0, 2, 1}, {2, 0, 0, 1}}) {
          one(
              type + " ceil " + ceil + " pads " + Arrays.toString(pads),
              type.equals("MaxPool") ? 12 : 19,
              IMAGE,
              g ->
                  g.node(
                      type,
                      "x",
                      "y",
                      "kernel_shape",
                      ints(3, 2),
                      "strides",
                      ints(2, 3),
                      "pads",
                      pads,
                      "ceil_mode",
                      c));
        }
      }
      for (String auto : new String[] {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
        one(
            type + " " + auto,
            12,
            IMAGE,
            g ->
                g.node(
                    type,
                    "x",
                    "y",
                    "kernel_shape",
                    ints(3, 2),
                    "strides",
                    ints(2, 2),
                    "auto_pad",
                    auto));
      }
      one(
          type + " dilated",
          19,
          IMAGE,
          g ->
              g.node(
                  type,
                  "x",
                  "y",
                  "kernel_shape",
                  ints(2, 3),
                  "dilations",
                  ints(3, 2),
                  "pads",
                  ints(1, 1, 0, 1)));
      one(
          type + " of sequences",
          12,
          ints(2, 3, 9),
          g -> g.node(type, "x", "y", "kernel_shape", ints(4), "strides", ints(2)));
      one("Global" + type, 12, IMAGE, g -> g.node("Global" + type, "x", "y"));
    }
    one(
        "AveragePool counting pads",
        12,
        IMAGE,
        g ->
            g.node(
                "AveragePool",
                "x",
                "y",
                "kernel_shape",
                ints(3, 3),
                "pads",
                ints(1, 0, 2, 1),
                "count_include_pad",
                1));
  }

  private void pointwise() {
    String all =
        "Abs Atan Ceil Cos Cosh Erf Exp Floor HardSwish Neg Reciprocal Relu Round Sigmoid Sign Sin"
            + " Sinh Softplus Softsign Tan Tanh Mish Celu Elu LeakyRelu ThresholdedRelu Selu"
            + " HardSigmoid";
    for (String type : all.split(" ")) {
      one(type, 18, ints(3, 4), g -> g.node(type, "x", "y"));
    }
    one(
        "roots and logarithms",
        18,
        ints(3, 4),
        g -> g.node("Abs", "x", "a").node("Sqrt", "a", "s").node("Log", "s", "y"));
    one("Elu of its own", 13, ints(3, 4), g -> g.node("Elu", "x", "y", "alpha", 0.7));
    one(
        "Selu of its own",
        13,
        ints(3, 4),
        g -> g.node("Selu", "x", "y", "alpha", 1.5, "gamma", 0.9));
    one(
        "HardSigmoid of its own",
        13,
        ints(3, 4),
        g -> g.node("HardSigmoid", "x", "y", "alpha", 0.4, "beta", 0.3));
    one("Gelu", 20, ints(3, 4), g -> g.node("Gelu", "x", "y"));
    one("Gelu by tanh", 20, ints(3, 4), g -> g.node("Gelu", "x", "y", "approximate", "tanh"));
    one(
        "Clip by attributes",
        9,
        ints(3, 4),
        g -> g.node("Clip", "x", "y", "min", -0.5, "max", 0.4));
    one(
        "Clip by inputs",
        13,
        ints(3, 4),
        g ->
            g.tensor(Wire.tensor("low", ints(), -0.2f))
                .node("Clip", "x low", "h")
                .node("Constant", List.of(), List.of("high"), "value_float", 0.5)
                .node("Clip", List.of("h", "", "high"), List.of("y")));
    one("Dropout", 11, ints(3, 4), g -> g.node("Dropout", "x", "y", "ratio", 0.4));
    for (String type : "Add Sub Mul Div Pow Max Min PRelu".split(" ")) {
      one(
          type + " of a channel image",
          13,
          IMAGE,
          g ->
              g.positive("c", 4, 1, 1)
                  .node("Abs", "x", "a")
                  .node("GlobalMaxPool", "a", "m")
                  .node(type, "m c", "h")
                  .node(type, type.equals("PRelu") ? "a h" : "h a", "y"));
    }
    one(
        "five axes against four",
        13,
        IMAGE,
        g ->
            g.weight("w", 4, 4, 1, 1)
                .weight("five", 2, 1, 1, 1, 6)
                .node("Conv", "x w", "c")
                .node("Add", "c five", "y"));
    one(
        "sums and means of several",
        13,
        ints(3, 4),
        g ->
            g.weight("a", 4)
                .weight("b", 3, 1)
                .node("Sum", "x a b", "s")
                .node("Mean", "s x a", "y"));
    one(
        "Pow with numbers",
        13,
        ints(3, 4),
        g ->
            g.tensor(Wire.tensor("two", ints(), 2))
                .tensor(Wire.longs("three", ints(), 3))
                .node("Pow", "x two", "h")
                .node("Pow", "h three", "y"));
    one(
        "Where and comparisons",
        13,
        ints(3, 4),
        g ->
            g.weight("a", 4)
                .node("Greater", "x a", "m")
                .node("Less", "x a", "l")
                .node("Or", "m l", "o")
                .node("Not", "l", "k")
                .node("And", "o k", "n")
                .node("Where", "n x a", "y"));
    one(
        "Cast and back",
        13,
        ints(3, 4),
        g ->
            g.tensor(Wire.tensor("ten", ints(1), 10))
                .node("Mul", "x ten", "t")
                .node("Cast", "t", "i", "to", 6)
                .node("Cast", "i", "y", "to", 1));
  }

  private void shapes() {
    for (int axis : new int[] {-1, 1, 2, 0}) {
      for (String type : new String[] {"Softmax", "LogSoftmax"}) {
        one(
            type + " axis " + axis,
            13,
            IMAGE,
            g ->
                g.node("GlobalAveragePool", "x", "m")
                    .node("Add", "x m", "a")
                    .node(type, "a", "y", "axis", axis));
      }
    }
    one("Softmax of old", 11, ints(2, 3, 4), g -> g.node("Softmax", "x", "y"));
    one(
        "Softmax of old on images",
        11,
        IMAGE,
        g -> g.weight("w", 4, 4, 1, 1).node("Conv", "x w", "c").node("Softmax", "c", "y"));
    one(
        "Transpose and back",
        13,
        IMAGE,
        g ->
            g.weight("w", 3, 4, 1, 1)
                .node("Conv", "x w", "c")
                .node("Transpose", "c", "t", "perm", ints(0, 2, 3, 1))
                .weight("m", 3, 2)
                .node("MatMul", "t m", "u")
                .node("Transpose", "u", "y", "perm", ints(0, 3, 1, 2)));
    one(
        "Reshape with 0 and -1",
        13,
        IMAGE,
        g -> g.longs("to", 0, 2, -1).node("Reshape", "x to", "y"));
    one("Flatten axis 2", 13, IMAGE, g -> g.node("Flatten", "x", "y", "axis", 2));
    one("Flatten axis 0", 13, IMAGE, g -> g.node("Flatten", "x", "y", "axis", 0));
    one(
        "Squeeze and Unsqueeze of old",
        11,
        ints(2, 1, 3),
        g ->
            g.node("Squeeze", "x", "s", "axes", ints(1))
                .node("Unsqueeze", "s", "y", "axes", ints(0, -1)));
    one(
        "Squeeze and Unsqueeze",
        13,
        ints(2, 1, 3),
        g ->
            g.longs("a", -2)
                .longs("b", 0, 3)
                .node("Squeeze", "x a", "s")
                .node("Unsqueeze", "s b", "y"));
    one(
        "Expand and Tile",
        13,
        ints(2, 1, 3),
        g ->
            g.longs("e", 2, 1, 4, 1)
                .longs("t", 1, 2, 1, 3)
                .node("Expand", "x e", "h")
                .node("Tile", "h t", "y"));
    one(
        "ConstantOfShape",
        13,
        ints(2, 3),
        g ->
            g.node("Shape", "x", "s")
                .node("ConstantOfShape", "s", "c", "value", Wire.tensor("", ints(1), 2.5f))
                .node("Mul", "x c", "y"));
  }

  private void parts() {
    one(
        "Slice",
        13,
        IMAGE,
        g ->
            g.longs("from", 1, -1, 0)
                .longs("to", Long.MAX_VALUE, Long.MIN_VALUE, -1)
                .longs("on", 1, 2, -1)
                .longs("step", 2, -2, 1)
                .node("Slice", "x from to on step", "y"));
    one(
        "Slice of old",
        9,
        IMAGE,
        g ->
            g.node(
                "Slice",
                "x",
                "y",
                "starts",
                ints(0, -3),
                "ends",
                ints(9, 2147483647),
                "axes",
                ints(1, 3)));
    add(
        "Split",
        13,
        IMAGE,
        g ->
            g.longs("parts", 1, 3)
                .weight("w", 4, 4, 1, 1)
                .node("Conv", "x w", "c")
                .node("Split", List.of("c", "parts"), List.of("a", "b"), "axis", 1)
                .output("b")
                .output("a"));
    add(
        "Split of old",
        11,
        IMAGE,
        g -> g.node("Split", List.of("x"), List.of("a", "b"), "axis", -1).output("a").output("b"));
    one(
        "Gather",
        13,
        IMAGE,
        g ->
            g.tensor(Wire.longs("i", ints(2, 2), 3, -1, 0, 1))
                .node("Gather", "x i", "y", "axis", 1));
    one(
        "Gather one",
        13,
        IMAGE,
        g -> g.tensor(Wire.longs("i", ints(), -1)).node("Gather", "x i", "y", "axis", 2));
    one(
        "Concat of layouts",
        13,
        IMAGE,
        g ->
            g.weight("w", 4, 4, 1, 1)
                .node("Conv", "x w", "c")
                .node("Concat", "x c", "y", "axis", -2));
    for (String mode : new String[] {"constant", "reflect", "edge"}) {
      one(
          "Pad " + mode,
          13,
          IMAGE,
          g ->
              g.weight("w", 4, 4, 1, 1)
                  .longs("p", 0, 1, 2, 0, 0, 0, 1, 2)
                  .node("Conv", "x w", "c")
                  .node("Pad", "c p", "y", "mode", mode));
    }
    one(
        "Pad with a value, cropping",
        13,
        IMAGE,
        g ->
            g.longs("p", 0, 0, -2, 1, 0, 0, 1, -1)
                .tensor(Wire.tensor("v", ints(), 0.5f))
                .node("Pad", "x p v", "y"));
    one(
        "Pad of old",
        10,
        ints(2, 3),
        g -> g.node("Pad", "x", "y", "pads", ints(1, 0, 0, 2), "value", -1.0));
    one("DepthToSpace", 13, IMAGE, g -> g.node("DepthToSpace", "x", "y", "blocksize", 2));
    one(
        "DepthToSpace CRD",
        13,
        IMAGE,
        g -> g.node("DepthToSpace", "x", "y", "blocksize", 2, "mode", "CRD"));
    one(
        "SpaceToDepth",
        13,
        ints(2, 3, 4, 6),
        g -> g.node("SpaceToDepth", "x", "y", "blocksize", 2));
    for (String way :
        new String[] {
          "nearest asymmetric floor", "nearest half_pixel round_prefer_floor",
          "linear half_pixel round_prefer_floor", "linear align_corners round_prefer_floor",
          "cubic half_pixel round_prefer_floor", "cubic align_corners round_prefer_floor"
        }) {
      String[] w = way.split(" ");
      one(
          "Resize " + way,
          13,
          IMAGE,
          g ->
              g.tensor(Wire.tensor("s", ints(4), 1, 1, 2, 3))
                  .node(
                      "Resize",
                      List.of("x", "", "s"),
                      List.of("y"),
                      "mode",
                      w[0],
                      "coordinate_transformation_mode",
                      w[1],
                      "nearest_mode",
                      w[2]));
    }
    one(
        "Resize to a computed size",
        13,
        IMAGE,
        g ->
            g.node("Shape", "x", "s")
                .longs("zero", 0)
                .longs("two", 2)
                .node("Slice", "s zero two", "nc")
                .longs("hw", 5, 13)
                .node("Concat", "nc hw", "size", "axis", 0)
                .node(
                    "Resize",
                    List.of("x", "", "", "size"),
                    List.of("y"),
                    "mode",
                    "linear",
                    "coordinate_transformation_mode",
                    "half_pixel"));
  }

  private void norms() {
    for (int keep = 0; keep < 2; keep++) {
      int k = keep;
      for (String type :
          "ReduceMean ReduceSum ReduceMax ReduceMin ReduceL1 ReduceL2 ReduceLogSumExp".split(" ")) {
        boolean sum = type.equals("ReduceSum");
        for (int[] axes : new int[][] {{2, 3}, {1}, {-1, 0}}) {
          one(
              type + " keep " + keep + " " + Arrays.toString(axes),
              13,
              IMAGE,
              g -> {
                Foreign h = g.weight("w", 4, 4, 1, 1).node("Conv", "x w", "c");
                if (sum) {
                  long[] l = Arrays.stream(axes).asLongStream().toArray();
                  return h.longs("a", l).node(type, "c a", "y", "keepdims", k);
                }
                return h.node(type, "c", "y", "keepdims", k, "axes", axes);
              });
        }
      }
    }
    one(
        "ReduceMean of set 18",
        18,
        IMAGE,
        g -> g.longs("a", 2, 3).node("ReduceMean", "x a", "y", "keepdims", 0));
    one("ReduceMean of all", 13, IMAGE, g -> g.node("ReduceMean", "x", "y"));
    one(
        "LayerNormalization",
        17,
        ints(2, 3, 5),
        g ->
            g.weight("s", 5)
                .weight("b", 5)
                .node("LayerNormalization", "x s b", "y", "axis", -1, "epsilon", 1e-3));
    one(
        "LayerNormalization over two axes",
        17,
        ints(2, 3, 5),
        g -> g.weight("s", 3, 5).node("LayerNormalization", "x s", "y", "axis", 1));
    one(
        "InstanceNormalization",
        13,
        IMAGE,
        g -> g.weight("s", 4).weight("b", 4).node("InstanceNormalization", "x s b", "y"));
    one(
        "BatchNormalization of rows",
        9,
        ints(3, 4),
        g ->
            g.weight("bn.weight", 4)
                .weight("bn.bias", 4)
                .weight("bn.m", 4)
                .positive("bn.v", 4)
                .node("BatchNormalization", "x bn.weight bn.bias bn.m bn.v", "y"));
    one(
        "BatchNormalization of sequences",
        15,
        ints(3, 4, 5),
        g ->
            g.weight("w", 4)
                .weight("b", 4)
                .weight("m", 4)
                .positive("v", 4)
                .node("BatchNormalization", "x w b m v", "y", "training_mode", 0));
    one("LRN", 13, IMAGE, g -> g.node("LRN", "x", "y", "size", 3, "alpha", 0.02, "bias", 1.5));
  }

  private void sequences() {
    for (String direction : new String[] {"forward", "reverse", "bidirectional"}) {
      int d = direction.equals("bidirectional") ? 2 : 1;
      add(
          "LSTM " + direction,
          14,
          ints(4, 2, 3),
          g ->
              g.weight("w", d, 20, 3)
                  .weight("r", d, 20, 5)
                  .weight("b", d, 40)
                  .weight("h0", d, 2, 5)
                  .weight("c0", d, 2, 5)
                  .node(
                      "LSTM",
                      List.of("x", "w", "r", "b", "", "h0", "c0"),
                      List.of("a", "h", "c"),
                      "hidden_size",
                      5,
                      "direction",
                      direction)
                  .output("a")
                  .output("h")
                  .output("c"));
      add(
          "GRU " + direction,
          14,
          ints(4, 2, 3),
          g ->
              g.weight("w", d, 15, 3)
                  .weight("r", d, 15, 5)
                  .node(
                      "GRU",
                      List.of("x", "w", "r"),
                      List.of("", "h"),
                      "hidden_size",
                      5,
                      "direction",
                      direction,
                      "linear_before_reset",
                      1)
                  .output("h"));
    }
  }
}
