package org.jacana.io.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.PoolSpec;
import org.jacana.nn.Activation;
import org.jacana.nn.AdaptiveAvgPool2d;
import org.jacana.nn.AvgPool2d;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Conv1d;
import org.jacana.nn.Conv2d;
import org.jacana.nn.ConvTranspose2d;
import org.jacana.nn.Dropout;
import org.jacana.nn.Embedding;
import org.jacana.nn.Flatten;
import org.jacana.nn.GlobalAvgPool;
import org.jacana.nn.GlobalMaxPool;
import org.jacana.nn.GroupNorm;
import org.jacana.nn.Gru;
import org.jacana.nn.GruCell;
import org.jacana.nn.Identity;
import org.jacana.nn.InstanceNorm;
import org.jacana.nn.LayerNorm;
import org.jacana.nn.Linear;
import org.jacana.nn.LoraConv2d;
import org.jacana.nn.LoraLinear;
import org.jacana.nn.Lstm;
import org.jacana.nn.LstmCell;
import org.jacana.nn.MaxPool2d;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.nn.MultiHeadAttention;
import org.jacana.nn.Prelu;
import org.jacana.nn.Residual;
import org.jacana.nn.RmsNorm;
import org.jacana.nn.Rnn;
import org.jacana.nn.RnnCell;
import org.jacana.nn.Sequential;
import org.jacana.nn.SinusoidalEncoding;
import org.jacana.nn.TransformerEncoderLayer;
import org.jacana.nn.Upsample;

/** Models for export, every kind of layer among them. */
final class ExportCases {
  /** A model and the shape of one example for it. */
  record Case(String name, Shape example, Supplier<Module> model) {
    /** The model with all parameters and statistics changed from what they start with. */
    Module build() {
      Module m = model.get();
      Generator random = new Generator(7);
      try (Scope scope = Scope.open()) {
        m.namedParameters()
            .forEach((n, p) -> p.assign(p.detach().add(random.normal(p.dtype(), d(p)).mul(0.1))));
        m.namedBuffers()
            .forEach(
                (n, b) -> {
                  if (n.endsWith("running_mean")) {
                    b.assign(random.normal(b.dtype(), d(b)).mul(0.3));
                  } else if (n.endsWith("running_var")) {
                    b.assign(random.uniform(b.dtype(), d(b)).add(0.5));
                  }
                });
      }
      return m.eval();
    }

    private static int[] d(Tensor t) {
      return t.shape().dims();
    }

    boolean integers() {
      return name.startsWith("embedding");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Shape IMAGE = Shape.of(7, 6, 4);
  private static final Shape SEQUENCE = Shape.of(5, 6);
  private static final Shape ROW = Shape.of(6);

  private ExportCases() {}

  private static Generator random() {
    return new Generator(3);
  }

  static List<Case> all() {
    List<Case> c = new ArrayList<>();
    activations(c);
    convolutions(c);
    pools(c);
    norms(c);
    sequences(c);
    wholes(c);
    return c;
  }

  private static void activations(List<Case> c) {
    for (String name :
        "relu leaky_relu elu gelu silu tanh sigmoid softplus softmax log_softmax relu6 hardtanh hardsigmoid hardswish mish selu gelu_tanh log_sigmoid softsign"
            .split(" ")) {
      c.add(new Case(name, IMAGE, () -> Activation.byName(name)));
    }
    c.add(new Case("softmax row", ROW, Activation::softmax));
    c.add(new Case("prelu one", IMAGE, Prelu::new));
    c.add(new Case("prelu channels", IMAGE, () -> new Prelu(4, 0.2)));
    c.add(new Case("prelu sequence", SEQUENCE, () -> new Prelu(6, 0.2)));
    c.add(new Case("identity", ROW, Identity::new));
    c.add(new Case("dropout", IMAGE, () -> new Sequential(new Dropout(0.5), Activation.relu())));
  }

  private static void convolutions(List<Case> c) {
    c.add(new Case("conv", IMAGE, () -> new Conv2d(4, 3, 3, 1, 1, true, random())));
    c.add(new Case("conv stride", IMAGE, () -> new Conv2d(4, 3, 2, 2, 0, false, random())));
    ConvSpec odd = new ConvSpec(2, 1, 1, 0, 2, 1, 1, 2, 2);
    c.add(new Case("conv odd", IMAGE, () -> new Conv2d(4, 6, 3, 2, odd, true, random())));
    ConvSpec depth = new ConvSpec(1, 1, 1, 1, 1, 1, 1, 1, 4);
    c.add(new Case("depthwise", IMAGE, () -> new Conv2d(4, 4, 3, 3, depth, true, random())));
    c.add(
        new Case(
            "lora conv",
            IMAGE,
            () -> new LoraConv2d(new Conv2d(4, 3, 3, 1, 1, true, random()), 2, 1, random())));
    c.add(new Case("conv1d", SEQUENCE, () -> new Conv1d(6, 4, 3, 2, 2, 2, 2, true, random())));
    ConvSpec back = new ConvSpec(3, 2, 1, 1, 0, 1, 1, 2, 2);
    c.add(
        new Case(
            "transposed", IMAGE, () -> new ConvTranspose2d(4, 6, 3, 2, back, 1, true, random())));
    for (Upsample.Mode mode : Upsample.Mode.values()) {
      c.add(new Case("upsample " + mode, IMAGE, () -> new Upsample(3, mode)));
    }
  }

  private static void pools(List<Case> c) {
    c.add(new Case("max pool", IMAGE, () -> new MaxPool2d(2)));
    c.add(new Case("average pool", IMAGE, () -> new AvgPool2d(3, 2)));
    for (boolean ceil : new boolean[] {false, true}) {
      for (boolean counts : new boolean[] {false, true}) {
        PoolSpec s = new PoolSpec(3, 2, 2, 3, 1, 1, ceil, counts);
        c.add(new Case("max " + s, IMAGE, () -> new MaxPool2d(s)));
        c.add(new Case("average " + s, IMAGE, () -> new AvgPool2d(s)));
      }
    }
    PoolSpec reach = new PoolSpec(2, 2, 2, 2, 0, 0, true, true);
    c.add(new Case("average ceil", IMAGE, () -> new AvgPool2d(reach)));
    c.add(new Case("adaptive even", Shape.of(6, 4, 3), () -> new AdaptiveAvgPool2d(3, 2)));
    c.add(new Case("adaptive uneven", IMAGE, () -> new AdaptiveAvgPool2d(3, 4)));
    c.add(new Case("global average", IMAGE, GlobalAvgPool::new));
    c.add(new Case("global max", IMAGE, GlobalMaxPool::new));
  }

  private static void norms(List<Case> c) {
    c.add(new Case("batch norm image", IMAGE, () -> new BatchNorm(4)));
    c.add(new Case("batch norm row", ROW, () -> new BatchNorm(6, 1e-3, 0.2)));
    c.add(new Case("batch norm sequence", SEQUENCE, () -> new BatchNorm(6)));
    c.add(new Case("layer norm", SEQUENCE, () -> new LayerNorm(6)));
    c.add(new Case("layer norm two", SEQUENCE, () -> new LayerNorm(5, 6)));
    c.add(new Case("layer norm image", IMAGE, () -> new LayerNorm(4)));
    c.add(new Case("group norm", IMAGE, () -> new GroupNorm(2, 4)));
    c.add(new Case("group norm row", ROW, () -> new GroupNorm(3, 6)));
    c.add(new Case("instance norm", IMAGE, () -> new InstanceNorm(4)));
    c.add(new Case("instance norm affine", SEQUENCE, () -> new InstanceNorm(6, 1e-4, true)));
    c.add(new Case("rms norm", SEQUENCE, () -> new RmsNorm(6)));
    c.add(new Case("rms norm image", IMAGE, () -> new RmsNorm(4)));
  }

  private static void sequences(List<Case> c) {
    c.add(new Case("lstm", SEQUENCE, () -> new Lstm(6, 4, 1, false, true, 0, random())));
    c.add(new Case("lstm deep", SEQUENCE, () -> new Lstm(6, 4, 2, true, true, 0.5, random())));
    c.add(new Case("gru", SEQUENCE, () -> new Gru(6, 4, 2, true, true, 0, random())));
    c.add(new Case("gru no bias", SEQUENCE, () -> new Gru(6, 4, 1, false, false, 0, random())));
    c.add(new Case("rnn", SEQUENCE, () -> new Rnn(6, 4, 1, false, true, 0, false, random())));
    c.add(new Case("rnn relu", SEQUENCE, () -> new Rnn(6, 4, 2, true, true, 0, true, random())));
    c.add(new Case("lstm cell", ROW, () -> new LstmCell(6, 4, true, random())));
    c.add(new Case("gru cell", ROW, () -> new GruCell(6, 4, true, random())));
    c.add(new Case("rnn cell", ROW, () -> new RnnCell(6, 4, true, true, random())));
    c.add(new Case("attention", SEQUENCE, () -> new MultiHeadAttention(6, 2, true, 0, random())));
    for (boolean first : new boolean[] {false, true}) {
      c.add(
          new Case(
              "encoder norm first " + first,
              SEQUENCE,
              () -> new TransformerEncoderLayer(6, 3, 8, 0.1, Activation.gelu(), first, random())));
    }
    c.add(new Case("positions", SEQUENCE, () -> new SinusoidalEncoding(6, 9)));
    c.add(new Case("embedding", Shape.of(5), () -> new Embedding(9, 4, random())));
    c.add(
        new Case(
            "embedding and norm",
            Shape.of(5),
            () -> new Sequential(new Embedding(9, 4, 0, random()), new LayerNorm(4))));
  }

  private static void wholes(List<Case> c) {
    c.add(new Case("linear", ROW, () -> new Linear(6, 3, true, random())));
    c.add(new Case("linear no bias", ROW, () -> new Linear(6, 3, false, random())));
    c.add(new Case("linear sequence", SEQUENCE, () -> new Linear(6, 3, true, random())));
    c.add(new Case("linear image", IMAGE, () -> new Linear(4, 3, false, random())));
    c.add(
        new Case(
            "lora", ROW, () -> new LoraLinear(new Linear(6, 3, true, random()), 2, 3, random())));
    c.add(new Case("flatten", IMAGE, Flatten::new));
    c.add(
        new Case(
            "residual",
            IMAGE,
            () ->
                new Residual(
                    new Sequential(new Conv2d(4, 3, 3, 1, 1, true, random()), new BatchNorm(3)),
                    new Linear(4, 3, true, random()),
                    true)));
    c.add(new Case("residual plain", ROW, () -> new Residual(new Linear(6, 6, true, random()))));
    for (String name : Models.names()) {
      c.add(new Case(name, Shape.of(12, 8, 3), () -> Models.byName(name, 12, 8, 3, 5, random())));
    }
  }
}
