package org.jacana.io.onnx;

import java.util.Arrays;
import java.util.List;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.data.FormatException;
import org.jacana.nn.Gru;
import org.jacana.nn.Lstm;
import org.jacana.nn.Module;
import org.jacana.nn.RecurrentOutput;
import org.jacana.nn.RecurrentState;
import org.jacana.nn.Rnn;

/** Recurrent operators, as layers of ours with the node's weights. */
final class RecurrentOps {
  private RecurrentOps() {}

  /** Our gates' places in the operator's order. */
  private enum Kind {
    LSTM(0, 2, 3, 1),
    GRU(1, 0, 2),
    RNN(0);

    final int[] gates;

    Kind(int... gates) {
      this.gates = gates;
    }
  }

  static void register() {
    for (Kind k : Kind.values()) {
      Operators.add(k.name(), n -> build(n, k));
    }
  }

  private interface Running {
    RecurrentOutput run(Tensor x, RecurrentState state);
  }

  private static Kernel build(NodeContext n, Kind kind) throws FormatException {
    n.inputs(3, kind == Kind.LSTM ? 8 : 6).outputsUpTo(kind == Kind.LSTM ? 3 : 2);
    String direction = n.text("direction", "forward");
    boolean both = direction.equals("bidirectional");
    boolean relu = requirePlain(n, kind, direction, both);
    FileTensor w = n.constant(1, "W");
    FileTensor r = n.constant(2, "R");
    FileTensor b = n.constant(3, "B");
    int ways = both ? 2 : 1;
    int gates = kind.gates.length;
    int hidden = r.shape().rank() == 3 ? r.shape().dim(2) : 0;
    int in = w.shape().rank() == 3 ? w.shape().dim(2) : 0;
    int rows = Math.multiplyExact(gates, hidden);
    boolean fits =
        w.shape().equals(Shape.of(ways, rows, in))
            && r.shape().equals(Shape.of(ways, rows, hidden))
            && (b == null || b.shape().equals(Shape.of(ways, 2 * rows)))
            && n.integer("hidden_size", hidden) == hidden;
    if (!fits || hidden == 0 || in == 0) {
      throw n.error(
          "W [directions, gates hidden, in], R and B that fit",
          w.shape() + ", " + r.shape() + (b == null ? "" : ", " + b.shape()));
    }
    Generator none = new Generator(0);
    Module m;
    Running run;
    switch (kind) {
      case LSTM -> {
        Lstm l = new Lstm(in, hidden, 1, both, b != null, 0, none);
        run = l::run;
        m = l;
      }
      case GRU -> {
        Gru l = new Gru(in, hidden, 1, both, b != null, 0, none);
        run = l::run;
        m = l;
      }
      default -> {
        Rnn l = new Rnn(in, hidden, 1, both, b != null, 0, relu, none);
        run = l::run;
        m = l;
      }
    }
    n.layer(m, 1);
    assign(n, m, kind, both, w, r, b);
    boolean lstm = kind == Kind.LSTM;
    boolean reverse = direction.equals("reverse");
    return v -> run(run, v, ways, hidden, lstm, reverse);
  }

  /** Throws for what our layers do not do; gives whether the rectifier is used. */
  private static boolean requirePlain(NodeContext n, Kind kind, String direction, boolean both)
      throws FormatException {
    if (!both && !direction.equals("forward") && !direction.equals("reverse")) {
      throw n.error("direction forward, reverse or bidirectional", OnnxFile.shown(direction));
    }
    List<String> f = n.texts("activations");
    boolean relu = kind == Kind.RNN && f != null && f.stream().allMatch("Relu"::equals);
    List<String> one =
        switch (kind) {
          case LSTM -> List.of("Sigmoid", "Tanh", "Tanh");
          case GRU -> List.of("Sigmoid", "Tanh");
          case RNN -> List.of(relu ? "Relu" : "Tanh");
        };
    for (int i = 0; f != null && i < f.size(); i++) {
      if (!f.get(i).equals(one.get(i % one.size()))) {
        throw n.error("activations " + one, f.toString());
      }
    }
    if (n.hasAttribute("clip")
        || n.flag("layout", false)
        || n.flag("input_forget", false)
        || n.has(4)
        || n.has(7)
        || kind == Kind.GRU && !n.flag("linear_before_reset", false)) {
      throw n.error(
          "no clip, sequence lengths, peepholes or layout, and linear_before_reset for GRU",
          "another");
    }
    return relu;
  }

  private static void assign(
      NodeContext n, Module m, Kind kind, boolean both, FileTensor w, FileTensor r, FileTensor b) {
    m.to(w.type().dtype);
    var own = m.namedParameters();
    for (int d = 0; d < (both ? 2 : 1); d++) {
      String suffix = "_l0" + (d == 1 ? "_reverse" : "");
      own.get("weight_ih" + suffix).assign(ours(n, kind, w, d, 0, 1));
      own.get("weight_hh" + suffix).assign(ours(n, kind, r, d, 0, 1));
      if (b != null) {
        own.get("bias_ih" + suffix).assign(ours(n, kind, b, d, 0, 2));
        own.get("bias_hh" + suffix).assign(ours(n, kind, b, d, 1, 2));
      }
    }
  }

  /** One direction's part of a weight, its gates in our order. */
  private static Tensor ours(
      NodeContext n, Kind kind, FileTensor t, int direction, int part, int parts) {
    Tensor all = t.stored().tensor(n.backend()).select(0, direction);
    int rows = all.shape().dim(0) / parts;
    Tensor x = all.slice(0, part * rows, (part + 1) * rows);
    int[] split = new int[x.rank() + 1];
    split[0] = kind.gates.length;
    split[1] = rows / kind.gates.length;
    System.arraycopy(x.shape().dims(), 1, split, 2, x.rank() - 1);
    Shape shape = x.shape();
    return x.reshape(split).indexSelect(0, Tensor.of(kind.gates)).reshape(shape);
  }

  private static Value[] run(
      Running layer, Value[] in, int ways, int hidden, boolean lstm, boolean reverse) {
    Tensor given = in[0].plain().transpose(0, 1);
    Tensor x = reverse ? given.flip(1) : given;
    Tensor h = at(in, 5);
    Tensor c = lstm ? at(in, 6) : null;
    if (lstm && (h == null) != (c == null)) {
      h = h == null ? c.zerosLike() : h;
      c = c == null ? h.zerosLike() : c;
    }
    RecurrentOutput y = layer.run(x, h == null ? null : new RecurrentState(h, c));
    int[] d = y.outputs().shape().dims();
    Tensor outputs = reverse ? y.outputs().flip(1) : y.outputs();
    Tensor all = outputs.reshape(d[0], d[1], ways, hidden).permute(1, 2, 0, 3);
    Value[] out = new Value[lstm ? 3 : 2];
    Arrays.setAll(out, i -> Value.of(i == 0 ? all : i == 1 ? y.last().h() : y.last().c()));
    return out;
  }

  private static Tensor at(Value[] in, int i) {
    return i < in.length && in[i] != null ? in[i].plain() : null;
  }
}
