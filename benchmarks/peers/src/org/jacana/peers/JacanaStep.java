package org.jacana.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.CapturedStep;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Adam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;

/** A training step: forward, loss, backward, update; the loss is read at every step. */
final class JacanaStep extends Training {
  private final Scope scope;
  private final Case work;
  private final Module net;
  private final Tensor x;
  private final Tensor y;
  private Optimizer rule;

  /** Where the step is recorded and replayed, what it leaves its loss in; else null. */
  private final Tensor result;

  private CapturedStep recorded;
  private int steps;

  JacanaStep(Scope scope, Case c) {
    this.scope = scope;
    this.work = c;
    net = network(c.net());
    net.train();
    x = images(c);
    y = Tensor.of(Inputs.labels(c.size(0)));
    result = c.kind() == Case.Kind.STEP_REPLAYED ? Tensor.zeros() : null;
  }

  /** A network with the weights that all start from. */
  static Module network(Net n) {
    Module net = Models.byName(n.title, n.size, n.size, n.channels, Net.CLASSES, new Generator(1));
    start(n, net.parameters());
    return net;
  }

  private static Tensor images(Case c) {
    Net n = c.net();
    return Tensor.of(Inputs.images(n, c.size(0)), c.size(0), n.size, n.size, n.channels);
  }

  private static void start(Net n, List<Tensor> parameters) {
    List<Net.Parameter> wanted = n.parameters();
    if (wanted.size() != parameters.size()) {
      throw new IllegalStateException(n + ": " + parameters.size() + " parameters");
    }
    for (int i = 0; i < wanted.size(); i++) {
      Tensor p = parameters.get(i);
      if (!Arrays.equals(p.shape().dims(), wanted.get(i).shape())) {
        throw new IllegalStateException(n + ": parameter " + i + " is " + p.shape());
      }
      p.write(wanted.get(i).start(i));
    }
  }

  static Optimizer optimizer(Net n, List<Tensor> parameters) {
    return n == Net.RESNET8
        ? Adam.of(parameters).learningRate(1e-3)
        : Sgd.of(parameters).learningRate(0.05).momentum(0.9);
  }

  @Override
  void restart() {
    closeRule();
    start(work.net(), net.parameters());
    steps = 0;
    rule = optimizer(work.net(), net.parameters());
  }

  @Override
  double step() {
    // The first makes the optimizer's state.
    if (result == null || steps++ == 0) {
      try (Scope inner = Scope.open()) {
        return update().item();
      }
    }
    if (recorded == null) {
      recorded = CapturedStep.record(Device.CPU, () -> result.assign(update().detach()));
    }
    rule.beforeReplay();
    recorded.replay();
    return result.item();
  }

  private Tensor update() {
    Tensor loss = Losses.crossEntropy(net.apply(x), y);
    loss.backward();
    rule.step();
    rule.zeroGrad();
    return loss;
  }

  private void closeRule() {
    if (recorded != null) {
      recorded.close();
      recorded = null;
    }
    if (rule != null) {
      rule.close();
    }
  }

  @Override
  public List<float[]> results() {
    try (Scope inner = Scope.open()) {
      start(work.net(), net.parameters());
      Tensor loss = Losses.crossEntropy(net.apply(x), y);
      List<float[]> all = new ArrayList<>(List.of(new float[] {(float) loss.item()}));
      Autograd.grad(loss, net.parameters()).forEach(g -> all.add(g.floats()));
      return all;
    }
  }

  @Override
  public void close() {
    closeRule();
    net.close();
    scope.close();
  }

  /** The network's answers to a batch. */
  static Job inference(Scope scope, Case c) {
    Module net = network(c.net());
    net.eval();
    Tensor x = images(c);
    return new Job() {
      @Override
      public void run() {
        try (Scope inner = Scope.open()) {
          net.apply(x);
        }
      }

      @Override
      public List<float[]> results() {
        try (Scope inner = Scope.open();
            Autograd.Mode off = Autograd.noGrad()) {
          return List.of(net.apply(x).floats());
        }
      }

      @Override
      public AutoCloseable mode() {
        return Autograd.noGrad();
      }

      @Override
      public void close() {
        net.close();
        scope.close();
      }
    };
  }

  /** The update alone, with gradients of ones; its result is the parameters after three updates. */
  static Job optimizer(Scope scope, Case c) {
    Module net = network(c.net());
    boolean adam = c.kind() == Case.Kind.ADAM;
    List<Tensor> parameters = net.parameters();
    Optimizer rule =
        adam
            ? Adam.of(parameters).learningRate(1e-6)
            : Sgd.of(parameters).learningRate(1e-6).momentum(0.9);
    List<Tensor> gradients = parameters.stream().map(p -> p.detach().onesLike()).toList();
    return new Job() {
      @Override
      public void run() {
        rule.step(gradients);
      }

      @Override
      public List<float[]> results() {
        for (int i = 0; i < 3; i++) {
          run();
        }
        return parameters.stream().map(Tensor::floats).toList();
      }

      @Override
      public void close() {
        rule.close();
        net.close();
        scope.close();
      }
    };
  }
}
