package org.jacana.io.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.io.StoredTensor;

/**
 * Collects the nodes and tensors of a graph. What is trained becomes an initializer under the
 * parameter's name, everything else a Constant node.
 */
final class GraphWriter {
  private record Node(String name, String type, List<String> in, List<String> out, Message rest) {}

  private record Written(Tensor tensor, List<Integer> order) {}

  private final List<Node> nodes = new ArrayList<>();
  private final Message initializers = new Message();
  private final Set<String> names = new HashSet<>();
  private final Map<Written, String> written = new HashMap<>();

  private String unique(String wanted) {
    String name = wanted;
    for (int i = 1; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /** Takes a name that nothing else may have. */
  void reserve(String name) {
    names.add(name);
  }

  /** Adds a node and gives the name of its first output. */
  String node(String path, String type, List<String> inputs, Attribute... attributes) {
    return node(path, type, inputs, 1, attributes).get(0);
  }

  /** Adds a node with several outputs, of which the empty names are left out. */
  List<String> node(
      String path, String type, List<String> inputs, int outputs, Attribute... attributes) {
    String name = unique("/" + (path.isEmpty() ? "" : path.replace('.', '/') + "/") + type);
    List<String> out =
        IntStream.range(0, outputs).mapToObj(i -> unique(name + "_output_" + i)).toList();
    Message rest = new Message();
    for (Attribute a : attributes) {
      rest.message(5, a.message());
    }
    nodes.add(new Node(name, type, List.copyOf(inputs), out, rest));
    return out;
  }

  /** A trained tensor as it is, or with its axes permuted. The same one is written once. */
  String parameter(String name, Tensor t, int... order) {
    Written key = new Written(t, Arrays.stream(order).boxed().toList());
    return written.computeIfAbsent(
        key,
        k -> {
          try (Scope scope = Scope.open(t.device())) {
            Tensor moved = order.length == 0 ? t.detach() : t.detach().permute(order);
            return initializer(name, moved);
          }
        });
  }

  /** An initializer of F32 values computed from parameters. */
  String initializer(String name, Tensor t) {
    String unique = unique(name);
    initializers.message(5, tensor(unique, ElementType.FLOAT, t.shape().dims(), floats(t)));
    return unique;
  }

  private static ByteBuffer floats(Tensor t) {
    try (Scope scope = Scope.open(t.device())) {
      return StoredTensor.of(t.to(DType.F32)).bytes();
    }
  }

  /** Values that are not trained, F32. */
  String constant(String path, Tensor t) {
    return constant(path, tensor(null, ElementType.FLOAT, t.shape().dims(), floats(t)));
  }

  /** An F32 scalar. */
  String constant(String path, double value) {
    return constant(path, new float[] {(float) value}, Shape.scalar());
  }

  String constant(String path, float[] values, Shape shape) {
    ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    b.asFloatBuffer().put(values);
    return constant(path, tensor(null, ElementType.FLOAT, shape.dims(), b));
  }

  /** A vector of INT64, such as a shape or axes. */
  String integers(String path, long... values) {
    return integers(path, values, new int[] {values.length});
  }

  /** An INT64 scalar. */
  String integer(String path, long value) {
    return integers(path, new long[] {value}, new int[0]);
  }

  private String integers(String path, long[] values, int[] dims) {
    ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    b.asLongBuffer().put(values);
    return constant(path, tensor(null, ElementType.INT64, dims, b));
  }

  private String constant(String path, Message tensor) {
    return node(path, "Constant", List.of(), Attribute.of("value", tensor));
  }

  private static Message tensor(String name, ElementType type, int[] dims, ByteBuffer raw) {
    Message t = new Message();
    for (int d : dims) {
      t.integer(1, d);
    }
    t.integer(2, type.code);
    if (name != null) {
      t.text(8, name);
    }
    return t.data(9, raw);
  }

  /** The value with its last axis moved to place 1; values of rank 2 and less stay. */
  Flow first(String path, Flow x) {
    if (x.channelsFirst() || x.rank() < 3) {
      return x;
    }
    int n = x.rank();
    long[] perm = new long[n];
    Arrays.setAll(perm, i -> i == 0 ? 0 : i == 1 ? n - 1 : i - 1);
    String y = node(path, "Transpose", List.of(x.name()), Attribute.of("perm", perm));
    return new Flow(y, x.shape(), x.type(), true);
  }

  /** The value with our order of axes. */
  Flow ours(String path, Flow x) {
    if (!x.channelsFirst()) {
      return x;
    }
    int n = x.rank();
    long[] perm = new long[n];
    Arrays.setAll(perm, i -> i == 0 ? 0 : i == n - 1 ? 1 : i + 1);
    String y = node(path, "Transpose", List.of(x.name()), Attribute.of("perm", perm));
    return new Flow(y, x.shape(), x.type(), false);
  }

  /** The graph's message, with the result called {@code output}. */
  Message graph(String name, Message input, String result, String output, Message outputInfo) {
    Message g = new Message();
    for (Node n : nodes) {
      Message m = new Message();
      n.in().forEach(i -> m.text(1, i.equals(result) ? output : i));
      n.out().forEach(o -> m.text(2, o.equals(result) ? output : o));
      m.text(3, n.name()).text(4, n.type());
      g.message(1, m.append(n.rest()));
    }
    return g.text(2, name).append(initializers).message(11, input).message(12, outputInfo);
  }
}
