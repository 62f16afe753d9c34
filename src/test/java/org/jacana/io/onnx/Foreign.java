package org.jacana.io.onnx;

import java.util.List;
import java.util.SplittableRandom;

/** A graph as another program writes it, for tests of the reader. */
final class Foreign {
  private final Wire graph = new Wire();
  private final Wire inputs = new Wire();
  private final Wire outputs = new Wire();
  private final Wire initializers = new Wire();
  private final SplittableRandom random = new SplittableRandom(5);
  private int nodes;

  /** A FLOAT input. */
  Foreign input(String name, int... dims) {
    inputs.message(11, Wire.value(name, 1, dims));
    return this;
  }

  Foreign integerInput(String name, int... dims) {
    inputs.message(11, Wire.value(name, 7, dims));
    return this;
  }

  Foreign output(String name) {
    outputs.message(12, new Wire().text(1, name));
    return this;
  }

  Foreign node(String type, List<String> in, List<String> out, Object... attributes) {
    Wire n = new Wire();
    in.forEach(i -> n.text(1, i));
    out.forEach(o -> n.text(2, o));
    n.text(3, type + "_" + nodes++).text(4, type);
    for (int i = 0; i < attributes.length; i += 2) {
      n.message(5, Wire.attribute((String) attributes[i], attributes[i + 1]));
    }
    graph.message(1, n);
    return this;
  }

  /** A node with one output. */
  Foreign node(String type, String in, String out, Object... attributes) {
    return node(type, List.of(in.split(" ", -1)), List.of(out), attributes);
  }

  /** Reproducible values of about -1 to 1. */
  float[] values(int count) {
    float[] v = new float[count];
    for (int i = 0; i < count; i++) {
      v[i] = (float) (2 * random.nextDouble() - 1);
    }
    return v;
  }

  private static int size(int[] dims) {
    int n = 1;
    for (int d : dims) {
      n *= d;
    }
    return n;
  }

  /** A FLOAT initializer of random values. */
  Foreign weight(String name, int... dims) {
    return tensor(Wire.tensor(name, dims, values(size(dims))));
  }

  /** A FLOAT initializer of positive values. */
  Foreign positive(String name, int... dims) {
    float[] v = values(size(dims));
    for (int i = 0; i < v.length; i++) {
      v[i] = Math.abs(v[i]) + 0.3f;
    }
    return tensor(Wire.tensor(name, dims, v));
  }

  Foreign longs(String name, long... v) {
    return tensor(Wire.longs(name, new int[] {v.length}, v));
  }

  Foreign tensor(Wire t) {
    initializers.message(5, t);
    return this;
  }

  /** Some other field of the graph. */
  Foreign field(int number, Wire m) {
    graph.message(number, m);
    return this;
  }

  byte[] bytes(int opset) {
    Wire g = new Wire().raw(graph.bytes()).text(2, "main_graph").raw(initializers.bytes());
    g.raw(inputs.bytes()).raw(outputs.bytes());
    Wire m = new Wire().integer(1, 8).text(2, "pytorch").text(3, "2.4.0").message(7, g);
    return m.message(8, new Wire().text(1, "").integer(2, opset)).bytes();
  }
}
