package org.jacana.io.onnx;

import java.util.List;
import java.util.Map;
import org.jacana.Tensor;
import org.jacana.nn.Module;
import org.jacana.nn.MultiHeadAttention;
import org.jacana.nn.SinusoidalEncoding;
import org.jacana.nn.TransformerEncoderLayer;

/** Transformers: self-attention without a mask, as the layers' own call computes it. */
final class AttentionRules {
  private AttentionRules() {}

  static void register() {
    ExportRules.add(MultiHeadAttention.class, AttentionRules::attention);
    ExportRules.add(TransformerEncoderLayer.class, AttentionRules::encoder);
    ExportRules.add(SinusoidalEncoding.class, AttentionRules::positions);
  }

  private static Flow attention(Exporting e, MultiHeadAttention m, Flow x) {
    Flow in = e.ours(x);
    int embed = x.channels();
    int each = embed / m.heads();
    Flow all =
        ContainerRules.linear(e, in, "in_proj_weight", m.inWeight(), "in_proj_bias", m.inBias());
    String split = e.graph().integers(e.path(), 0, 0, 3, m.heads(), each);
    String apart = e.node("Reshape", List.of(all.name(), split));
    // [3, N, heads, L, embed / heads]
    String parts = e.node("Transpose", apart, Attribute.of("perm", 2, 0, 3, 1, 4));
    String scale = e.graph().constant(e.path(), 1 / Math.sqrt(each));
    String q = e.node("Mul", List.of(part(e, parts, 0), scale));
    String k = e.node("Transpose", part(e, parts, 1), Attribute.of("perm", 0, 1, 3, 2));
    String scores = e.node("MatMul", List.of(q, k));
    String weights = e.node("Softmax", scores, Attribute.of("axis", -1));
    String y = e.node("MatMul", List.of(weights, part(e, parts, 2)));
    String joined = e.node("Transpose", y, Attribute.of("perm", 0, 2, 1, 3));
    String flat = e.node("Reshape", List.of(joined, e.graph().integers(e.path(), 0, 0, embed)));
    return e.child("out_proj", m.out(), in.with(flat));
  }

  private static String part(Exporting e, String parts, int i) {
    String at = e.graph().integer(e.path(), i);
    return e.node("Gather", List.of(parts, at), Attribute.of("axis", 0));
  }

  private static Flow encoder(Exporting e, TransformerEncoderLayer m, Flow x) {
    Map<String, Module> c = m.children();
    Flow in = e.ours(x);
    if (m.normFirst()) {
      Flow a = e.child("self_attn", c.get("self_attn"), e.child("norm1", c.get("norm1"), in));
      Flow y = e.pointwise("Add", in, a.name());
      Flow f = network(e, c, e.child("norm2", c.get("norm2"), y));
      return e.pointwise("Add", y, f.name());
    }
    Flow a = e.child("self_attn", c.get("self_attn"), in);
    Flow y = e.child("norm1", c.get("norm1"), e.pointwise("Add", in, a.name()));
    Flow f = network(e, c, y);
    return e.child("norm2", c.get("norm2"), e.pointwise("Add", y, f.name()));
  }

  private static Flow network(Exporting e, Map<String, Module> c, Flow x) {
    Flow wide = e.child("linear1", c.get("linear1"), x);
    Flow active = e.child("activation", c.get("activation"), wide);
    return e.child("linear2", c.get("linear2"), active);
  }

  private static Flow positions(Exporting e, SinusoidalEncoding m, Flow x) {
    Flow in = e.ours(x);
    try (Tensor table = m.namedBuffers().get("pe").slice(0, 0, x.shape().dim(1))) {
      return e.pointwise("Add", in, e.graph().constant(e.path(), table));
    }
  }
}
