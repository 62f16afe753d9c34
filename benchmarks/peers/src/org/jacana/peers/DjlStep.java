package org.jacana.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A training step through DJL's trainer. */
final class DjlStep extends Training {
  private final NDManager manager = NDManager.newBaseManager();
  private final Case work;
  private final NDArray x;
  private final NDArray y;
  private Model model;
  private Trainer trainer;

  DjlStep(Case c) {
    work = c;
    x = images(manager, c);
    y = manager.create(Inputs.labels(c.size(0)));
  }

  private static Shape shape(Case c) {
    return new Shape(c.size(0), c.net().channels, c.net().size, c.net().size);
  }

  private static NDArray images(NDManager m, Case c) {
    Net n = c.net();
    float[] v = Inputs.images(n, c.size(0));
    return m.create(ChannelsFirst.of(v, c.size(0), n.size, n.size, n.channels), shape(c));
  }

  /** A network with the starting weights. */
  private static Block block(NDManager m, Case c) {
    Block block = DjlNet.of(c.net());
    block.initialize(m, DataType.FLOAT32, shape(c));
    List<Net.Parameter> wanted = c.net().parameters();
    List<Parameter> got = trained(block);
    if (got.size() != wanted.size()) {
      throw new IllegalStateException(c.net() + ": " + got.size() + " parameters in DJL");
    }
    for (int i = 0; i < got.size(); i++) {
      Net.Parameter p = wanted.get(i);
      got.get(i).getArray().set(ChannelsFirst.parameter(p, p.start(i)));
    }
    return block;
  }

  private static List<Parameter> trained(Block block) {
    return block.getParameters().values().stream()
        .filter(
            p ->
                p.getType() != Parameter.Type.RUNNING_MEAN
                    && p.getType() != Parameter.Type.RUNNING_VAR)
        .toList();
  }

  @Override
  void restart() {
    free();
    model = Model.newInstance(work.net().title, Device.cpu(), "PyTorch");
    model.setBlock(block(model.getNDManager(), work));
    Optimizer rule =
        work.net() == Net.RESNET8
            ? Adam.builder().optLearningRateTracker(Tracker.fixed(1e-3f)).build()
            : Optimizer.sgd()
                .setLearningRateTracker(Tracker.fixed(0.05f))
                .optMomentum(0.9f)
                .build();
    trainer =
        model.newTrainer(
            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(rule)
                .optDevices(new Device[] {Device.cpu()}));
    trainer.initialize(shape(work));
  }

  @Override
  double step() {
    double loss = backward();
    trainer.step();
    return loss;
  }

  /** The results of operations belong to their first input's manager. */
  private double backward() {
    try (NDManager inner = manager.newSubManager()) {
      x.attach(inner);
      y.attach(inner);
      try (GradientCollector collector = trainer.newGradientCollector()) {
        NDList z = trainer.forward(new NDList(x));
        NDArray loss = trainer.getLoss().evaluate(new NDList(y), z);
        collector.backward(loss);
        return loss.getFloat();
      } finally {
        x.attach(manager);
        y.attach(manager);
      }
    }
  }

  @Override
  public List<float[]> results() {
    restart();
    double loss = backward();
    List<float[]> all = new ArrayList<>(List.of(new float[] {(float) loss}));
    List<Parameter> parameters = trained(model.getBlock());
    for (int i = 0; i < parameters.size(); i++) {
      try (NDArray g = parameters.get(i).getArray().getGradient()) {
        all.add(ChannelsFirst.parameterBack(work.net().parameters().get(i), g.toFloatArray()));
      }
    }
    return all;
  }

  private void free() {
    if (trainer != null) {
      trainer.close();
      model.close();
    }
  }

  @Override
  public void close() {
    free();
    manager.close();
  }

  /** The network's answers to a batch. */
  static Job inference(Case c) {
    NDManager m = NDManager.newBaseManager();
    Block block = block(m, c);
    block.freezeParameters(true);
    NDArray x = images(m, c);
    ParameterStore store = new ParameterStore(m, false);
    return new Job() {
      @Override
      public void run() {
        forward(y -> null);
      }

      private <T> T forward(Function<NDArray, T> then) {
        try (NDManager inner = m.newSubManager()) {
          x.attach(inner);
          try {
            return then.apply(block.forward(store, new NDList(x), false).singletonOrThrow());
          } finally {
            x.attach(m);
          }
        }
      }

      @Override
      public List<float[]> results() {
        return List.of(forward(NDArray::toFloatArray));
      }

      @Override
      public void close() {
        m.close();
      }
    };
  }
}
