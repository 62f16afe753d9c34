package org.jacana.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.data.Digits;
import org.jacana.data.Draws;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.data.Transform;
import org.jacana.nn.Activation;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Dropout;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.optim.Optimizer;

/** Runs of a few steps with all that can be random: dropout, batch statistics, augmentation. */
final class Small {
  static final ImageData TRAIN = Digits.load().train().slice(0, 36);
  static final ImageData TEST = Digits.load().test().slice(0, 20);
  static final Normalization SCALE = Normalization.of(TRAIN);

  private Small() {}

  /** Brightness by chance. */
  private static final class Brightness implements Transform {
    @Override
    public int parameters(Shape input) {
      return 1;
    }

    @Override
    public void draw(Draws random, Shape input, float[] p, int at) {
      p[at] = (float) random.between(0.5, 1.5);
    }

    @Override
    public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
      for (int i = 0; i < input.size(); i++) {
        y[to + i] = x[i] * p[at];
      }
    }
  }

  static Module model() {
    return model(3);
  }

  static Module model(long seed) {
    Generator g = new Generator(seed);
    return new Sequential(
        new Flatten(),
        new Linear(64, 6, g),
        new BatchNorm(6),
        Activation.relu(),
        new Dropout(0.2, new Generator(8)),
        new Dropout(0.1),
        new Linear(6, 10, g));
  }

  /** Five batches of 8, the last of 4. */
  static Loader train(long seed) {
    return train(seed, 0);
  }

  static Loader train(long seed, int workers) {
    return Loader.of(TRAIN)
        .batch(8)
        .shuffle(seed)
        .workers(workers)
        .transform(SCALE, new Brightness());
  }

  static Loader test() {
    return Loader.of(TEST).batch(16).transform(SCALE);
  }

  /** What a run ended with. */
  record End(History history, String weights, Checkpoint last) {
    /** Everything but the times. */
    List<Object> bits() {
      List<Object> all = new ArrayList<>();
      all.add(weights);
      all.add(last.model());
      Map<String, Checkpoint.Part> parts = new LinkedHashMap<>(last.parts());
      parts.remove("callback TimeLimit");
      all.add(parts);
      all.add(last.generators());
      history.epochs().forEach(e -> all.add(e.values()));
      return all;
    }
  }

  /** Trains a new model. */
  static End run(
      Device device,
      UnaryOperator<Trainer> options,
      Function<List<Tensor>, ? extends Optimizer> rule,
      int epochs,
      Callback watcher) {
    Generator.seed(11);
    Checkpoint[] last = new Checkpoint[1];
    Callback end =
        new Callback() {
          @Override
          public void end(TrainingRun run) {
            last[0] = run.checkpoint();
          }

          @Override
          public String name() {
            return "End";
          }
        };
    try (Scope scope = Scope.open(device);
        Module model = model();
        Optimizer optimizer = rule.apply(model.parameters());
        Loader train = train(5);
        Loader test = test()) {
      Trainer t = options.apply(new Trainer(epochs)).callback(watcher).callback(end);
      History h = t.fit(model, optimizer, train, test);
      return new End(h, WeightsHash.sha256(model), last[0]);
    }
  }
}
