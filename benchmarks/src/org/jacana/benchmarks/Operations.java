package org.jacana.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
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

/**
 * Single operations on the CPU, into new tensors, gradients off; what is named a gradient is the
 * kernel that a backward pass calls, and {@code ...AndGradient} both passes together.
 */
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
  private Tensor[] squares;
  private Tensor table;
  private Tensor images;
  private Tensor filters;
  private Tensor row;
  private Tensor activations;
  private Tensor trainable;
  private Tensor scores;
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
    squares =
        new Tensor[] {
          g.normal(DType.F32, 64, 64),
          g.normal(DType.F32, 256, 256),
          g.normal(DType.F32, 1024, 1024)
        };
    table = g.normal(DType.F32, 1000, 1000);
    images = g.normal(DType.F32, 64, 32, 32, 64);
    filters = g.normal(DType.F32, 64, 3, 3, 64);
    activations = g.normal(DType.F32, 64, 32, 32, 16);
    row = g.normal(DType.F32, 1000);
    trainable = g.normal(DType.F32, 64, 32, 32, 16).requiresGrad(true);
    gamma = Tensor.ones(16).requiresGrad(true);
    beta = Tensor.zeros(16).requiresGrad(true);
    logits = g.normal(DType.F32, 1024, 1000);
    scores = g.normal(DType.F32, 1024, 1000).requiresGrad(true);
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
  public void mulSmall() {
    drop(small.mul(small));
  }

  @Benchmark
  public void mulLarge() {
    drop(large.mul(large));
  }

  @Benchmark
  public void addRowLarge() {
    drop(table.add(row));
  }

  @Benchmark
  public void reluSmall() {
    drop(small.relu());
  }

  @Benchmark
  public void reluLarge() {
    drop(large.relu());
  }

  @Benchmark
  public void expLarge() {
    drop(large.exp());
  }

  @Benchmark
  public void tanhLarge() {
    drop(large.tanh());
  }

  @Benchmark
  public void sumSmall() {
    drop(small.sum());
  }

  @Benchmark
  public void sumLarge() {
    drop(large.sum());
  }

  @Benchmark
  public void sumRows() {
    drop(table.sum(1));
  }

  @Benchmark
  public void sumColumns() {
    drop(table.sum(0));
  }

  @Benchmark
  public void maxLarge() {
    drop(large.max());
  }

  @Benchmark
  public void argMaxRows() {
    drop(table.argmax(1));
  }

  @Benchmark
  public void varianceRows() {
    drop(table.var(new int[] {1}, false, 1));
  }

  @Benchmark
  public void transposeCopy() {
    drop(table.transpose(0, 1).contiguous());
  }

  @Benchmark
  public void softmaxRows() {
    drop(logits.softmax(1));
  }

  @Benchmark
  public void matmul64() {
    drop(squares[0].matmul(squares[0]));
  }

  @Benchmark
  public void matmul256() {
    drop(squares[1].matmul(squares[1]));
  }

  @Benchmark
  public void matmul1024() {
    drop(squares[2].matmul(squares[2]));
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
  public void avgPool() {
    drop(images.avgPool2d(2, 2));
  }

  /** Both passes: the gradient of a sum, so that little else is counted. */
  @Benchmark
  public void maxPoolAndGradient() {
    try (Scope s = Scope.open();
        Autograd.Mode on = Autograd.enableGrad()) {
      Autograd.grad(trainable.maxPool2d(2, 2).sum(), trainable);
    }
  }

  @Benchmark
  public void batchNorm() {
    try (Scope s = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      BatchNorm.batchNorm(activations, gamma, beta, 1e-5);
    }
  }

  @Benchmark
  public void batchNormAndGradient() {
    try (Scope s = Scope.open();
        Autograd.Mode on = Autograd.enableGrad()) {
      Tensor y = BatchNorm.batchNorm(trainable, gamma, beta, 1e-5).y();
      Autograd.grad(y.sum(), List.of(trainable, gamma, beta));
    }
  }

  @Benchmark
  public void crossEntropy() {
    drop(CrossEntropy.crossEntropy(logits, labels));
  }

  @Benchmark
  public void crossEntropyAndGradient() {
    try (Scope s = Scope.open();
        Autograd.Mode on = Autograd.enableGrad()) {
      Autograd.grad(CrossEntropy.crossEntropy(scores, labels).mean(), scores);
    }
  }
}
