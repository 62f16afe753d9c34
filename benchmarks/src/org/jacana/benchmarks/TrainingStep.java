package org.jacana.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole training step through the public API: forward, loss, backward, optimizer. lenet: batches
 * of 128 of 28x28x1, SGD 0.05 with momentum 0.9; mlp: the same; resnet8: 64 of 32x32x3, Adam 1e-3;
 * and smaller and larger batches. The loss must fall, or the run ends.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class TrainingStep {
  @Param({"mlp", "lenet", "resnet8"})
  String model;

  /** Images of a step; usual: 128, and 64 for resnet8. */
  @Param({"usual", "1", "32", "256"})
  String batch;

  private Scope scope;
  private Sequential net;
  private Optimizer optimizer;
  private Tensor x;
  private Tensor y;
  private double first;

  @Setup
  public void setUp() {
    boolean small = !model.equals("resnet8");
    int n = batch.equals("usual") ? (small ? 128 : 64) : Integer.parseInt(batch);
    int size = small ? 28 : 32;
    int channels = small ? 1 : 3;
    scope = Scope.open(Device.CPU);
    Generator g = new Generator(1);
    net = Models.byName(model, size, size, channels, 10, g);
    optimizer =
        small
            ? Sgd.of(net.parameters()).learningRate(0.05).momentum(0.9)
            : Adam.of(net.parameters()).learningRate(1e-3);
    x = g.normal(DType.F32, n, size, size, channels);
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % 10;
    }
    y = Tensor.of(labels);
    first = step();
  }

  @TearDown
  public void tearDown() {
    double last = step();
    if (!(last < first)) {
      throw new IllegalStateException("the loss did not fall: " + first + " to " + last);
    }
    optimizer.close();
    net.close();
    scope.close();
  }

  @Benchmark
  public double step() {
    try (Scope step = Scope.open()) {
      Tensor loss = Losses.crossEntropy(net.apply(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss.item();
    }
  }
}
