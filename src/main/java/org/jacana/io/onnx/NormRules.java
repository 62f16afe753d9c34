package org.jacana.io.onnx;

import java.util.Arrays;
import java.util.List;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.GroupNorm;
import org.jacana.nn.InstanceNorm;
import org.jacana.nn.LayerNorm;
import org.jacana.nn.RmsNorm;

/** Normalisations; batch norm by its running statistics. */
final class NormRules {
  private NormRules() {}

  static void register() {
    ExportRules.add(BatchNorm.class, NormRules::batch);
    ExportRules.add(LayerNorm.class, NormRules::layer);
    ExportRules.add(GroupNorm.class, NormRules::group);
    ExportRules.add(InstanceNorm.class, NormRules::instance);
    ExportRules.add(RmsNorm.class, NormRules::rms);
  }

  private static Flow batch(Exporting e, BatchNorm m, Flow x) {
    Flow in = e.first(x);
    List<String> inputs =
        List.of(
            in.name(),
            e.graph().parameter(e.name("weight"), m.weight()),
            e.graph().parameter(e.name("bias"), m.bias()),
            e.graph().parameter(e.name("running_mean"), m.runningMean()),
            e.graph().parameter(e.name("running_var"), m.runningVar()));
    String y =
        e.node(
            "BatchNormalization",
            inputs,
            Attribute.of("epsilon", m.epsilon()),
            Attribute.of("momentum", 1 - m.momentum()));
    return in.with(y);
  }

  private static Flow layer(Exporting e, LayerNorm m, Flow x) {
    Flow in = e.ours(x);
    List<String> inputs =
        List.of(
            in.name(),
            e.graph().parameter(e.name("weight"), m.weight()),
            e.graph().parameter(e.name("bias"), m.bias()));
    String y =
        e.node(
            "LayerNormalization",
            inputs,
            Attribute.of("axis", -m.weight().rank()),
            Attribute.of("epsilon", m.epsilon()));
    return in.with(y);
  }

  private static String filled(Exporting e, int n, float value) {
    float[] v = new float[n];
    Arrays.fill(v, value);
    return e.graph().constant(e.path(), v, Shape.of(n));
  }

  /** Over the groups as if each were one channel, then back, scaled and shifted. */
  private static Flow group(Exporting e, GroupNorm m, Flow x) {
    Flow in = e.first(x);
    int[] dims = in.dims();
    String split = e.graph().integers(e.path(), 0, m.groups(), -1);
    String grouped = e.node("Reshape", List.of(in.name(), split));
    String normal =
        e.node(
            "InstanceNormalization",
            List.of(grouped, filled(e, m.groups(), 1), filled(e, m.groups(), 0)),
            Attribute.of("epsilon", m.epsilon()));
    long[] back = Arrays.stream(dims).asLongStream().toArray();
    back[0] = 0;
    Flow y = in.with(e.node("Reshape", List.of(normal, e.graph().integers(e.path(), back))));
    Flow scaled = e.pointwise("Mul", y, e.channelVector("weight", m.weight(), y));
    return e.pointwise("Add", scaled, e.channelVector("bias", m.bias(), y));
  }

  private static Flow instance(Exporting e, InstanceNorm m, Flow x) {
    Flow in = e.first(x);
    int c = x.channels();
    List<String> inputs =
        List.of(
            in.name(), vector(e, "weight", m.weight(), c, 1), vector(e, "bias", m.bias(), c, 0));
    Attribute epsilon = Attribute.of("epsilon", m.epsilon());
    return in.with(e.node("InstanceNormalization", inputs, epsilon));
  }

  private static String vector(Exporting e, String name, Tensor t, int n, float otherwise) {
    return t == null ? filled(e, n, otherwise) : e.graph().parameter(e.name(name), t);
  }

  private static Flow rms(Exporting e, RmsNorm m, Flow x) {
    Flow in = e.ours(x);
    String axis = e.graph().integers(e.path(), -1);
    String mean = e.node("ReduceMean", List.of(e.node("Mul", List.of(in.name(), in.name())), axis));
    String shifted = e.node("Add", List.of(mean, e.graph().constant(e.path(), m.epsilon())));
    Flow y = e.pointwise("Div", in, e.node("Sqrt", shifted));
    return e.pointwise("Mul", y, e.graph().parameter(e.name("weight"), m.weight()));
  }
}
