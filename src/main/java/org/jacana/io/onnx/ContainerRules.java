package org.jacana.io.onnx;

import java.util.List;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.nn.Activation;
import org.jacana.nn.Dropout;
import org.jacana.nn.Embedding;
import org.jacana.nn.Flatten;
import org.jacana.nn.Identity;
import org.jacana.nn.Linear;
import org.jacana.nn.LoraLinear;
import org.jacana.nn.Prelu;
import org.jacana.nn.Residual;
import org.jacana.nn.Sequential;

/** Layers that hold others, the linear layers, and what works element by element. */
final class ContainerRules {
  private ContainerRules() {}

  static void register() {
    ExportRules.add(Sequential.class, ContainerRules::sequential);
    ExportRules.add(Residual.class, ContainerRules::residual);
    ExportRules.add(Identity.class, (e, m, x) -> x);
    ExportRules.add(Dropout.class, (e, m, x) -> x);
    ExportRules.add(Flatten.class, ContainerRules::flatten);
    ExportRules.add(
        Linear.class, (e, m, x) -> linear(e, e.ours(x), "weight", m.weight(), "bias", m.bias()));
    ExportRules.add(LoraLinear.class, ContainerRules::lora);
    ExportRules.add(Embedding.class, ContainerRules::embedding);
    ExportRules.add(Activation.class, ActivationRules::write);
    ExportRules.add(Prelu.class, ContainerRules::prelu);
  }

  private static Flow sequential(Exporting e, Sequential m, Flow x) {
    Flow y = x;
    for (int i = 0; i < m.layers().size(); i++) {
      y = e.child(Integer.toString(i), m.layers().get(i), y);
    }
    return y;
  }

  private static Flow residual(Exporting e, Residual m, Flow x) {
    Flow y = e.child("body", m.body(), x);
    Flow s = m.shortcut() == null ? x : e.child("shortcut", m.shortcut(), x);
    if (y.channelsFirst() != s.channelsFirst()) {
      s = y.channelsFirst() ? e.first(s) : e.ours(s);
    }
    Flow sum = e.pointwise("Add", y, s.name());
    return m.relu() ? e.pointwise("Relu", sum) : sum;
  }

  private static Flow flatten(Exporting e, Flatten m, Flow x) {
    Flow ours = e.ours(x);
    String y = e.node("Flatten", ours.name(), Attribute.of("axis", 1));
    return new Flow(y, e.outputShape(m, x), x.type(), false);
  }

  /** x w^T + b over the last axis, x being in our order; b may be null. */
  static Flow linear(Exporting e, Flow x, String wName, Tensor w, String bName, Tensor b) {
    var shape = x.shape().with(-1, w.shape().dim(0));
    if (x.rank() == 2) {
      String wide = e.graph().parameter(e.name(wName), w);
      Attribute transposed = Attribute.of("transB", 1);
      List<String> inputs =
          b == null
              ? List.of(x.name(), wide)
              : List.of(x.name(), wide, e.graph().parameter(e.name(bName), b));
      return new Flow(e.node("Gemm", inputs, transposed), shape, x.type(), false);
    }
    String y = e.node("MatMul", List.of(x.name(), e.graph().parameter(e.name(wName), w, 1, 0)));
    if (b != null) {
      y = e.node("Add", List.of(y, e.graph().parameter(e.name(bName), b)));
    }
    return new Flow(y, shape, x.type(), false);
  }

  private static Flow lora(Exporting e, LoraLinear m, Flow x) {
    try (Scope scope = Scope.open(m.weight().device())) {
      return linear(e, e.ours(x), "weight", m.effectiveWeight(), "bias", m.bias());
    }
  }

  private static Flow embedding(Exporting e, Embedding m, Flow x) {
    if (x.type() != DType.I32) {
      throw new IllegalArgumentException(
          "onnx: " + m + " at '" + e.path() + "' reads numbers of rows; call integerInput()");
    }
    String table = e.graph().parameter(e.name("weight"), m.weight());
    String y = e.node("Gather", List.of(table, x.name()), Attribute.of("axis", 0));
    return new Flow(y, x.shape().insert(x.rank(), m.weight().shape().dim(1)), DType.F32, false);
  }

  private static Flow prelu(Exporting e, Prelu m, Flow x) {
    boolean one = m.weight().shape().dim(0) == 1;
    String slope =
        one
            ? e.graph().parameter(e.name("weight"), m.weight())
            : e.channelVector("weight", m.weight(), x);
    return e.pointwise("PRelu", x, slope);
  }
}
