package org.jacana.io.onnx;

import java.util.List;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Module;

/** The graph that is being written, seen from one layer of the model. */
final class Exporting {
  private final GraphWriter graph;
  private final String path;

  Exporting(GraphWriter graph, String path) {
    this.graph = graph;
    this.path = path;
  }

  GraphWriter graph() {
    return graph;
  }

  /** The layer's dotted name in the model, "" at the top. */
  String path() {
    return path;
  }

  /** The full name of one of the layer's parameters. */
  String name(String own) {
    return path.isEmpty() ? own : path + "." + own;
  }

  /** Writes a layer inside this one. */
  Flow child(String name, Module layer, Flow x) {
    return new Exporting(graph, name(name)).write(layer, x);
  }

  /**
   * Writes this layer.
   *
   * @throws IllegalArgumentException naming the layer if there is no rule for it
   */
  Flow write(Module layer, Flow x) {
    return ExportRules.of(layer, path).write(this, layer, x);
  }

  /** The shape of a layer's output, found by running it on zeros. */
  Shape outputShape(Module layer, Flow x) {
    try (Autograd.Mode off = Autograd.noGrad();
        Scope scope =
            layer.parameters().isEmpty()
                ? Scope.open()
                : Scope.open(layer.parameters().get(0).device())) {
      DType type = x.type().isFloat() ? floatType(layer) : x.type();
      return layer.apply(Tensor.zeros(type, x.shape().dims())).shape();
    }
  }

  private static DType floatType(Module layer) {
    return layer.parameters().isEmpty() ? DType.F32 : layer.parameters().get(0).dtype();
  }

  String node(String type, List<String> inputs, Attribute... attributes) {
    return graph.node(path, type, inputs, attributes);
  }

  String node(String type, String input, Attribute... attributes) {
    return graph.node(path, type, List.of(input), attributes);
  }

  /** A node that keeps shape and order of axes. */
  Flow pointwise(String type, Flow x, Attribute... attributes) {
    return x.with(node(type, x.name(), attributes));
  }

  Flow pointwise(String type, Flow x, String second) {
    return x.with(node(type, List.of(x.name(), second)));
  }

  Flow pointwise(String type, Flow x, double second) {
    return pointwise(type, x, graph.constant(path, second));
  }

  Flow first(Flow x) {
    return graph.first(path, x);
  }

  Flow ours(Flow x) {
    return graph.ours(path, x);
  }

  /** A vector over our last axis, shaped so that it broadcasts against x as the graph has it. */
  String channelVector(String own, Tensor t, Flow x) {
    if (!x.channelsFirst()) {
      return graph.parameter(name(own), t);
    }
    int[] dims = new int[x.rank() - 1];
    java.util.Arrays.fill(dims, 1);
    dims[0] = t.shape().dim(0);
    try (Scope scope = Scope.open(t.device())) {
      return graph.initializer(name(own), t.detach().reshape(dims));
    }
  }
}
