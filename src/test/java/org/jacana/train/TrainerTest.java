package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.backend.Backends;
import org.jacana.data.Digits;
import org.jacana.data.ImageSplit;
import org.jacana.data.Normalization;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Schedule;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final ImageSplit ALL = Digits.load();
  private static final ImageSplit SMALL =
      new ImageSplit(ALL.train().slice(0, 330), ALL.test().slice(0, 50));

  private static Module mlp(long seed) {
    return Models.mlp(Shape.of(8, 8, 1), 10, new Generator(seed));
  }

  private static Trainer trainer(int epochs, double rate, long seed, Progress.Listener listener) {
    return new Trainer(epochs, 32, rate, Schedule.cosine(), seed, listener);
  }

  private static History fit(Module model, Trainer trainer, ImageSplit data) {
    try (Sgd sgd = Sgd.of(model.parameters()).momentum(0.9)) {
      return trainer.fit(model, sgd, data, Normalization.of(data.train()));
    }
  }

  private static final Progress.Listener QUIET = new Progress.Listener() {};

  @Test
  void learns() {
    try (Module model = mlp(1)) {
      History h = fit(model, trainer(5, 0.1, 1, QUIET), ALL);
      assertEquals(5, h.epochs().size());
      assertTrue(h.last().test().accuracy() > 0.93, h.last().toString());
      assertTrue(h.last().trainLoss() < h.epochs().get(0).trainLoss() / 3);
      assertTrue(h.last().trainAccuracy() > 0.95);
      assertTrue(h.stepMillisMedian() > 0);
      assertTrue(h.imagesPerSecond() > 0);
      assertFalse(h.stopped());
      assertFalse(model.isTraining());
      assertEquals(
          h.last().test(), Evaluation.of(model, ALL.test(), Normalization.of(ALL.train())));
    }
  }

  private static String hashAfter(long weights, long order) {
    try (Module model = mlp(weights)) {
      fit(model, trainer(1, 0.1, order, QUIET), SMALL);
      return WeightsHash.sha256(model);
    }
  }

  @Test
  void equalSeedsGiveEqualBits() {
    String first = hashAfter(1, 1);
    assertEquals(first, hashAfter(1, 1));
    assertNotEquals(first, hashAfter(1, 2));
    assertNotEquals(first, hashAfter(2, 1));
  }

  @Test
  void memoryStaysFlat() {
    long before = Backends.standard().liveBytes();
    List<Long> afterEpochs = new ArrayList<>();
    try (Module model = mlp(1)) {
      Progress.Listener listener =
          new Progress.Listener() {
            @Override
            public void epoch(int number, int epochs, History.Epoch result) {
              afterEpochs.add(Backends.standard().liveBytes());
            }
          };
      fit(model, trainer(4, 0.1, 1, listener), SMALL);
    }
    assertEquals(before, Backends.standard().liveBytes());
    assertEquals(1, afterEpochs.stream().distinct().count(), afterEpochs.toString());
  }

  @Test
  void divergenceNamesThePlace() {
    long before = Backends.standard().liveBytes();
    try (Module model = mlp(1)) {
      DivergedException e =
          assertThrows(
              DivergedException.class, () -> fit(model, trainer(2, 1e20, 1, QUIET), SMALL));
      assertTrue(
          e.getMessage()
              .matches(
                  "training: the loss became (NaN|infinite) at epoch 1, step [2-9] \\(learning rate"
                      + " [0-9.]+e\\+(19|20)\\); try a smaller learning rate, 1e\\+19 for example"),
          e.getMessage());
    }
    assertEquals(before, Backends.standard().liveBytes());
  }

  @Test
  void stopsWhenAsked() {
    boolean[] stop = {false};
    Progress.Listener listener =
        new Progress.Listener() {
          @Override
          public void epoch(int number, int epochs, History.Epoch result) {
            stop[0] = number == 2;
          }

          @Override
          public boolean stop() {
            return stop[0];
          }
        };
    try (Module model = mlp(1)) {
      History h = fit(model, trainer(5, 0.1, 1, listener), SMALL);
      assertTrue(h.stopped());
      assertEquals(2, h.epochs().size());
    }
  }

  @Test
  void progressEndsEachEpochComplete() {
    List<Progress> seen = new ArrayList<>();
    Progress.Listener listener =
        new Progress.Listener() {
          @Override
          public void step(Progress now) {
            seen.add(now);
          }
        };
    try (Module model = mlp(1)) {
      History h = fit(model, trainer(2, 0.1, 1, listener), SMALL);
      Progress last = seen.get(seen.size() - 1);
      assertEquals(2, last.epoch());
      assertEquals(11, last.step());
      assertEquals(11, last.steps());
      assertEquals(0, last.secondsLeft());
      assertEquals(h.last().trainLoss(), last.loss(), 1e-12);
      assertEquals(h.last().trainAccuracy(), last.accuracy(), 1e-12);
    }
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new Trainer(0, 1, 0.1));
    assertThrows(IllegalArgumentException.class, () -> new Trainer(1, 0, 0.1));
    assertThrows(IllegalArgumentException.class, () -> new Trainer(1, 1, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new Trainer(1, 1, -0.1));
    try (Module model = mlp(1)) {
      Trainer large = new Trainer(1, 331, 0.1);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> fit(model, large, SMALL));
      assertTrue(e.getMessage().contains("larger than the 330 examples"), e.getMessage());
    }
  }
}
