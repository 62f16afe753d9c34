package org.jacana.peers;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/** A training step through {@code fit}. */
final class Dl4jStep extends Training {
  private final Case work;
  private final Dl4jNet net;
  private final INDArray[] x;
  private final INDArray[] y;

  Dl4jStep(Case c, boolean last) {
    work = c;
    net = new Dl4jNet(c.net(), last, rule(c.net()));
    x = new INDArray[] {images(c, last)};
    y = new INDArray[] {Dl4jArrays.oneHot(Inputs.labels(c.size(0)), Net.CLASSES)};
  }

  /**
   * DL4J's only momentum is Nesterov's. Its update costs as much as the plain one, and what is
   * compared are loss and gradients, which come before it.
   */
  private static IUpdater rule(Net n) {
    return n == Net.RESNET8 ? new Adam(1e-3) : new Nesterovs(0.05, 0.9);
  }

  private static INDArray images(Case c, boolean last) {
    Net n = c.net();
    float[] v = Inputs.images(n, c.size(0));
    return n.images()
        ? Dl4jArrays.images(v, last, c.size(0), n.size, n.size, n.channels)
        : Dl4jArrays.of(v, c.size(0), v.length / c.size(0));
  }

  @Override
  void restart() {
    net.restart();
  }

  @Override
  double step() {
    net.model().fit(x, y);
    return net.model().score();
  }

  @Override
  public List<float[]> results() {
    net.restart();
    ComputationGraph model = net.model();
    model.setInputs(x);
    model.setLabels(y);
    model.computeGradientAndScore();
    List<float[]> all = new ArrayList<>(List.of(new float[] {(float) model.score()}));
    for (float[] g : net.inOrder(model.gradient().gradientForVariable())) {
      // The updater makes the batch's mean of a gradient that is a sum.
      for (int i = 0; i < g.length; i++) {
        g[i] /= work.size(0);
      }
      all.add(g);
    }
    model.clear();
    return all;
  }

  @Override
  public void close() {
    net.close();
    x[0].close();
    y[0].close();
  }

  /** The network's answers to a batch. */
  static Job inference(Case c, boolean last) {
    Dl4jNet net = new Dl4jNet(c.net(), last, null);
    INDArray x = images(c, last);
    Dl4jArrays.Memory memory = new Dl4jArrays.Memory();
    return new Job() {
      @Override
      public void run() {
        try (MemoryWorkspace inner = memory.enter()) {
          net.model().output(false, inner, x);
        }
      }

      @Override
      public List<float[]> results() {
        try (INDArray answers = net.model().outputSingle(false, x)) {
          return List.of(Dl4jArrays.floats(answers));
        }
      }

      @Override
      public void close() {
        memory.close();
        net.close();
        x.close();
      }
    };
  }

  /** The update alone: DL4J keeps all parameters in one array and updates them at once. */
  static Job adam(Case c) {
    Dl4jNet net = new Dl4jNet(c.net(), false, new Adam(1e-6));
    INDArray weights = net.model().params();
    INDArray gradient = Nd4j.onesLike(weights);
    INDArray update = weights.ulike();
    INDArray v = Nd4j.zerosLike(weights);
    INDArray m = Nd4j.zerosLike(weights);
    return new Job() {
      private int done;

      @Override
      public void run() {
        Nd4j.exec(new AdamUpdater(gradient, v, m, update, v, m, 1e-6, 0.9, 0.999, 1e-8, done++));
        weights.subi(update);
      }

      @Override
      public List<float[]> results() {
        for (int i = 0; i < 3; i++) {
          run();
        }
        return net.inOrder(net.model().paramTable());
      }

      @Override
      public void close() {
        net.close();
        for (INDArray a : List.of(gradient, update, v, m)) {
          a.close();
        }
      }
    };
  }
}
