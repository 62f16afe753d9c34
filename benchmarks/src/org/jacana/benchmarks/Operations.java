package org.jacana.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.op.BatchNorm;
import org.jacana.op.Conv;
import org.jacana.op.CrossEntropy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Single operations on the CPU, into new tensors, gradients off. */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Operations {
  private final ConvSpec same = ConvSpec.of(1, 1);
  private Scope scope;
  private Tensor small;
  private Tensor large;
  private Tensor square;
  private Tensor images;
  private Tensor filters;
  private Tensor activations;
  private Tensor gamma;
  private Tensor beta;
  private Tensor logits;
  private Tensor labels;

  @Setup
  public void setUp() {
    scope = Scope.open(Device.CPU);
    Generator g = new Generator(1);
    small = g.normal(DType.F32, 1000);
    large = g.normal(DType.F32, 1_000_000);
    square = g.normal(DType.F32, 1024, 1024);
    images = g.normal(DType.F32, 64, 32, 32, 64);
    filters = g.normal(DType.F32, 64, 3, 3, 64);
    activations = g.normal(DType.F32, 64, 32, 32, 16);
    gamma = Tensor.ones(16);
    beta = Tensor.zeros(16);
    logits = g.normal(DType.F32, 1024, 1000);
    labels = Tensor.zeros(DType.I32, 1024);
  }

  @TearDown
  public void tearDown() {
    scope.close();
  }

  private static void drop(Tensor t) {
    t.close();
  }

  @Benchmark
  public void addSmall() {
    drop(small.add(small));
  }

  @Benchmark
  public void addLarge() {
    drop(large.add(large));
  }

  @Benchmark
  public void reluLarge() {
    drop(large.relu());
  }

  @Benchmark
  public void sumLarge() {
    drop(large.sum());
  }

  @Benchmark
  public void softmaxRows() {
    drop(logits.softmax(1));
  }

  @Benchmark
  public void matmul1024() {
    drop(square.matmul(square));
  }

  @Benchmark
  public void convForward() {
    drop(Conv.conv(same, images, filters, null));
  }

  @Benchmark
  public void convGradInput() {
    drop(Conv.gradInput(same, images, filters, images.shape()));
  }

  @Benchmark
  public void convGradWeight() {
    drop(Conv.gradWeight(same, images, images, filters.shape()));
  }

  @Benchmark
  public void maxPool() {
    drop(images.maxPool2d(2, 2));
  }

  @Benchmark
  public void batchNorm() {
    try (Scope s = Scope.open()) {
      BatchNorm.batchNorm(activations, gamma, beta, 1e-5);
    }
  }

  @Benchmark
  public void crossEntropy() {
    drop(CrossEntropy.crossEntropy(logits, labels));
  }
}
