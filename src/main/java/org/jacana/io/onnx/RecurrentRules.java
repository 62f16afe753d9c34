package org.jacana.io.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.nn.Gru;
import org.jacana.nn.GruCell;
import org.jacana.nn.Lstm;
import org.jacana.nn.LstmCell;
import org.jacana.nn.Module;
import org.jacana.nn.Rnn;
import org.jacana.nn.RnnCell;

/**
 * Recurrent layers: one operator for each, time first, its gates in ONNX's order. Cells are layers
 * of one time step from a state of zeros.
 */
final class RecurrentRules {
  /**
   * An operator.
   *
   * @param gates at each place the number of the gate of ours
   * @param attributes of the operator besides direction and size
   */
  private record Kind(String type, int[] gates, Attribute... attributes) {}

  private static final Kind LSTM = new Kind("LSTM", new int[] {0, 3, 1, 2});
  private static final Kind GRU =
      new Kind("GRU", new int[] {1, 0, 2}, Attribute.of("linear_before_reset", 1));

  private RecurrentRules() {}

  static void register() {
    ExportRules.add(Lstm.class, (e, m, x) -> layers(e, LSTM, m, m.layers(), m.bidirectional(), x));
    ExportRules.add(Gru.class, (e, m, x) -> layers(e, GRU, m, m.layers(), m.bidirectional(), x));
    ExportRules.add(
        Rnn.class,
        (e, m, x) ->
            layers(e, plain(m.relu(), m.bidirectional()), m, m.layers(), m.bidirectional(), x));
    ExportRules.add(LstmCell.class, (e, m, x) -> cell(e, LSTM, m, x));
    ExportRules.add(GruCell.class, (e, m, x) -> cell(e, GRU, m, x));
    ExportRules.add(RnnCell.class, (e, m, x) -> cell(e, plain(m.relu(), false), m, x));
  }

  private static Kind plain(boolean relu, boolean both) {
    String[] f = new String[both ? 2 : 1];
    Arrays.fill(f, relu ? "Relu" : "Tanh");
    return new Kind("RNN", new int[] {0}, Attribute.of("activations", f));
  }

  private static Flow layers(Exporting e, Kind kind, Module m, int n, boolean both, Flow x) {
    Flow in = e.ours(x);
    Attribute timeFirst = Attribute.of("perm", 1, 0, 2);
    String h = e.node("Transpose", in.name(), timeFirst);
    for (int l = 0; l < n; l++) {
      String[] suffixes = both ? new String[] {"_l" + l, "_l" + l + "_reverse"} : of("_l" + l);
      // [T, directions, N, hidden]
      String y = run(e, kind, m, suffixes, h).get(0);
      String apart = e.node("Transpose", y, Attribute.of("perm", 0, 2, 1, 3));
      h = e.node("Reshape", List.of(apart, e.graph().integers(e.path(), 0, 0, -1)));
    }
    return new Flow(e.node("Transpose", h, timeFirst), e.outputShape(m, x), x.type(), false);
  }

  private static String[] of(String suffix) {
    return new String[] {suffix};
  }

  private static Flow cell(Exporting e, Kind kind, Module m, Flow x) {
    String one = e.graph().integers(e.path(), 0);
    String sequence = e.node("Unsqueeze", List.of(x.name(), one));
    String last = run(e, kind, m, of(""), sequence).get(1);
    String y = e.node("Squeeze", List.of(last, one));
    return new Flow(y, e.outputShape(m, x), x.type(), false);
  }

  /** The operator's outputs: all time steps, and the last h. */
  private static List<String> run(Exporting e, Kind kind, Module m, String[] suffixes, String x) {
    Map<String, Tensor> p = m.namedParameters();
    int hidden = p.get("weight_hh" + suffixes[0]).shape().dim(1);
    List<Attribute> attributes = new ArrayList<>(List.of(kind.attributes()));
    attributes.add(Attribute.of("hidden_size", hidden));
    attributes.add(Attribute.of("direction", suffixes.length == 2 ? "bidirectional" : "forward"));
    List<String> inputs = new ArrayList<>();
    inputs.add(x);
    try (Scope scope = Scope.open(m.parameters().get(0).device())) {
      inputs.add(stacked(e, kind, p, suffixes, "weight_ih"));
      inputs.add(stacked(e, kind, p, suffixes, "weight_hh"));
      if (p.containsKey("bias_ih" + suffixes[0])) {
        inputs.add(stacked(e, kind, p, suffixes, "bias_ih", "bias_hh"));
      }
    }
    return e.graph().node(e.path(), kind.type(), inputs, 2, attributes.toArray(Attribute[]::new));
  }

  /**
   * One matrix for each direction, the named parameters below each other, their gates reordered.
   */
  private static String stacked(
      Exporting e, Kind kind, Map<String, Tensor> p, String[] suffixes, String... names) {
    Tensor[] ways = new Tensor[suffixes.length];
    for (int d = 0; d < ways.length; d++) {
      Tensor[] parts = new Tensor[names.length];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = reordered(p.get(names[i] + suffixes[d]).detach().to(DType.F32), kind.gates());
      }
      ways[d] = Tensor.concat(0, parts);
    }
    String name = names.length == 1 ? names[0] : "bias";
    return e.graph().initializer(e.name(name + suffixes[0]), Tensor.stack(0, ways));
  }

  private static Tensor reordered(Tensor t, int[] gates) {
    int[] split = new int[t.rank() + 1];
    split[0] = gates.length;
    split[1] = t.shape().dim(0) / gates.length;
    System.arraycopy(t.shape().dims(), 1, split, 2, t.rank() - 1);
    Shape shape = t.shape();
    return t.reshape(split).indexSelect(0, Tensor.of(gates)).reshape(shape);
  }
}
