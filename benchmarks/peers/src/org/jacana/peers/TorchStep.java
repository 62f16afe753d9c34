package org.jacana.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A training step in libtorch. */
final class TorchStep extends Training {
  private final Net net;
  private final TorchNet model;
  private final Tensor x;
  private final Tensor y;
  private Optimizer rule;

  TorchStep(Case c, String layout) {
    net = c.net();
    model = new TorchNet(net, layout, true);
    x = images(c, layout);
    y = TorchArrays.labels(Inputs.labels(c.size(0)));
  }

  private static Tensor images(Case c, String layout) {
    Net n = c.net();
    return TorchArrays.images(
        Inputs.images(n, c.size(0)), layout, c.size(0), n.size, n.size, n.channels);
  }

  static Optimizer optimizer(Net n, TorchNet model) {
    if (n == Net.RESNET8) {
      return new Adam(model.vector(), new AdamOptions(1e-3));
    }
    return new SGD(model.vector(), sgd(0.05));
  }

  private static SGDOptions sgd(double rate) {
    SGDOptions o = new SGDOptions(rate);
    o.momentum().put(0.9);
    return o;
  }

  @Override
  void restart() {
    model.restart();
    if (rule != null) {
      rule.close();
    }
    rule = optimizer(net, model);
  }

  @Override
  double step() {
    try (PointerScope inner = new PointerScope()) {
      return step(model, rule, x, y);
    }
  }

  static double step(TorchNet model, Optimizer rule, Tensor x, Tensor y) {
    rule.zero_grad();
    Tensor loss = torch.cross_entropy_loss(model.forward(x), y);
    loss.backward();
    rule.step();
    return loss.item_float();
  }

  @Override
  public List<float[]> results() {
    try (PointerScope inner = new PointerScope()) {
      model.restart();
      for (Tensor p : model.parameters()) {
        p.mutable_grad().reset();
      }
      Tensor loss = torch.cross_entropy_loss(model.forward(x), y);
      loss.backward();
      List<float[]> all = new ArrayList<>(List.of(new float[] {loss.item_float()}));
      for (int i = 0; i < model.parameters().size(); i++) {
        all.add(TorchArrays.back(net.parameters().get(i), model.parameters().get(i).grad()));
      }
      return all;
    }
  }

  @Override
  public void close() {
    if (rule != null) {
      rule.close();
    }
  }

  /** The network's answers to a batch. */
  static Job inference(Case c, String layout) {
    TorchNet model = new TorchNet(c.net(), layout, false);
    Tensor x = images(c, layout);
    return new Job() {
      @Override
      public void run() {
        try (PointerScope inner = new PointerScope()) {
          model.forward(x);
        }
      }

      @Override
      public List<float[]> results() {
        try (PointerScope inner = new PointerScope();
            InferenceMode mode = new InferenceMode()) {
          return List.of(TorchArrays.floats(model.forward(x)));
        }
      }

      @Override
      public AutoCloseable mode() {
        return new InferenceMode();
      }

      @Override
      public void close() {}
    };
  }

  /** The update alone. */
  static Job optimizer(Case c, String layout) {
    TorchNet model = new TorchNet(c.net(), layout, true);
    Optimizer rule =
        c.kind() == Case.Kind.ADAM
            ? new Adam(model.vector(), new AdamOptions(1e-6))
            : new SGD(model.vector(), sgd(1e-6));
    for (Tensor p : model.parameters()) {
      p.mutable_grad().put(torch.ones_like(p.detach()));
    }
    return new Job() {
      @Override
      public void run() {
        rule.step().close();
      }

      @Override
      public List<float[]> results() {
        for (int i = 0; i < 3; i++) {
          run();
        }
        List<float[]> all = new ArrayList<>();
        for (int i = 0; i < model.parameters().size(); i++) {
          all.add(TorchArrays.back(c.net().parameters().get(i), model.parameters().get(i)));
        }
        return all;
      }

      @Override
      public void close() {
        rule.close();
      }
    };
  }
}
