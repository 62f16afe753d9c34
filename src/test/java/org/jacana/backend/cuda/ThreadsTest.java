package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jacana.CapturedStep;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Activation;
import org.jacana.nn.Conv2d;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.MaxPool2d;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;
import org.jacana.optim.Optimizer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several threads compute on one GPU: each gets what it would get alone. */
class ThreadsTest {
  private static final int THREADS = 8;
  private static CudaBackend gpu;

  @BeforeAll
  static void start() {
    gpu = CudaDevice.backend();
    gpu.deterministic(true);
  }

  private static Module network(long seed) {
    try (Scope scope = Scope.open(Scenario.GPU)) {
      Generator g = new Generator(seed);
      return new Sequential(
          new Conv2d(1, 2, 3, 1, 1, true, g),
          Activation.relu(),
          new MaxPool2d(2),
          new Flatten(),
          new Linear(8, 3, g));
    }
  }

  private static Tensor image(int i) {
    float[] v = Scenario.ramp(16 + i);
    return Tensor.of(java.util.Arrays.copyOfRange(v, i, 16 + i), 1, 4, 4, 1);
  }

  /** Runs the same in all threads at once, given their numbers; fails where one hangs. */
  private static <T> List<T> together(int threads, java.util.function.IntFunction<Callable<T>> work)
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch start = new CountDownLatch(threads);
      List<Future<T>> futures = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Callable<T> mine = work.apply(t);
        futures.add(
            pool.submit(
                () -> {
                  start.countDown();
                  start.await();
                  T out = mine.call();
                  assertNull(Scope.current());
                  return out;
                }));
      }
      List<T> out = new ArrayList<>();
      for (Future<T> f : futures) {
        out.add(f.get(120, TimeUnit.SECONDS));
      }
      return out;
    } finally {
      pool.shutdownNow();
      assertTrue(pool.awaitTermination(60, TimeUnit.SECONDS));
    }
  }

  private static float[] infer(Module model, int i) {
    try (Scope scope = Scope.open(Scenario.GPU);
        Autograd.Mode off = Autograd.noGrad()) {
      return model.apply(image(i)).floats();
    }
  }

  @Test
  void inferencesOfOneModel() throws Exception {
    try (Module model = network(1)) {
      model.eval();
      float[][] alone = new float[50][];
      for (int i = 0; i < alone.length; i++) {
        alone[i] = infer(model, i);
      }
      long live = gpu.liveBytes();
      together(
          THREADS,
          t ->
              () -> {
                for (int i = 0; i < alone.length; i++) {
                  int k = (i + 7 * t) % alone.length;
                  assertArrayEquals(alone[k], infer(model, k), "image " + k);
                }
                return null;
              });
      assertEquals(live, gpu.liveBytes());
    }
  }

  private static float[][] train(long seed) {
    try (Module model = network(seed);
        Optimizer optimizer = Adam.of(model.parameters()).learningRate(0.01)) {
      for (int i = 0; i < 10; i++) {
        step(model, optimizer, i);
      }
      return model.parameters().stream().map(Tensor::floats).toArray(float[][]::new);
    }
  }

  private static void step(Module model, Optimizer optimizer, int i) {
    try (Scope scope = Scope.open(Scenario.GPU)) {
      Losses.crossEntropy(model.apply(image(i)), Tensor.of(new int[] {i % 3})).backward();
      optimizer.step();
      model.zeroGrad();
    }
  }

  private static void same(float[][] expected, float[][] got) {
    assertEquals(expected.length, got.length);
    for (int i = 0; i < got.length; i++) {
      assertArrayEquals(expected[i], got[i], "parameter " + i);
    }
  }

  @Test
  void trainingOfSeveralModels() throws Exception {
    long live = gpu.liveBytes();
    float[][][] alone = new float[THREADS][][];
    for (int t = 0; t < THREADS; t++) {
      alone[t] = train(t);
    }
    List<float[][]> got = together(THREADS, t -> () -> train(t));
    for (int t = 0; t < THREADS; t++) {
      same(alone[t], got.get(t));
    }
    assertEquals(live, gpu.liveBytes());
  }

  /** Trains by a step that is recorded, given what happens while it is. */
  private static float[][] recorded(int replays, Runnable meanwhile) {
    try (Module model = network(4);
        Optimizer optimizer = Adam.of(model.parameters()).learningRate(0.01)) {
      step(model, optimizer, 0);
      try (Scope scope = Scope.open(Scenario.GPU)) {
        Tensor x = image(1);
        Tensor y = Tensor.of(new int[] {1});
        try (CapturedStep step =
            CapturedStep.record(
                Scenario.GPU,
                () -> {
                  Losses.crossEntropy(model.apply(x), y).backward();
                  meanwhile.run();
                  optimizer.step();
                  model.zeroGrad();
                })) {
          for (int i = 0; i < replays; i++) {
            optimizer.beforeReplay();
            step.replay();
            Thread.yield();
          }
        }
        return model.parameters().stream().map(Tensor::floats).toArray(float[][]::new);
      }
    }
  }

  @Test
  void othersComputeWhileAStepIsRecorded() throws Exception {
    float[][] alone = recorded(20, () -> {});
    long live = gpu.liveBytes();
    try (Module model = network(2)) {
      float[] expected = infer(model, 3);
      CountDownLatch recording = new CountDownLatch(1);
      List<float[][]> got =
          together(
              7,
              t ->
                  () -> {
                    if (t == 0) {
                      return recorded(
                          20,
                          () -> {
                            recording.countDown();
                            pause();
                          });
                    }
                    recording.await();
                    // What each asks for first, while the step is recorded; then all of it.
                    if (t % 3 == 1) {
                      assertArrayEquals(expected, infer(model, 3));
                    } else if (t % 3 == 2) {
                      gpu.synchronize();
                    }
                    try (Scope scope = Scope.open(Scenario.GPU)) {
                      Tensor mine = Tensor.full(DType.F32, t, 64);
                      for (int i = 0; i < 20; i++) {
                        assertArrayEquals(expected, infer(model, 3));
                      }
                      gpu.synchronize();
                      for (float v : mine.floats()) {
                        assertEquals(t, v);
                      }
                    }
                    return null;
                  });
      same(alone, got.get(0));
    }
    assertEquals(live, gpu.liveBytes());
  }

  /** Long enough for the other threads to ask for memory. */
  private static void pause() {
    try {
      Thread.sleep(30);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
