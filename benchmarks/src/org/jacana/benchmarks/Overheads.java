package org.jacana.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What is paid beside the arithmetic: memory, scopes, and nodes of a graph, each an addition of one
 * element in a chain of 100.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Overheads {
  private static final int CHAIN = 100;

  private Scope scope;
  private Tensor x;
  private Tensor trained;

  @Setup
  public void setUp() {
    scope = Scope.open(Device.CPU);
    x = Tensor.zeros(1);
    trained = Tensor.zeros(1).requiresGrad(true);
  }

  @TearDown
  public void tearDown() {
    double slope;
    try (Autograd.Mode on = Autograd.enableGrad()) {
      slope = Autograd.grad(chain(trained).mul(3), trained).item();
    }
    boolean right = chain(x).item() == CHAIN && slope == 3;
    scope.close();
    if (!right) {
      throw new IllegalStateException("the chain's value or slope is wrong");
    }
  }

  private static Tensor chain(Tensor x) {
    Tensor y = x;
    for (int i = 0; i < CHAIN; i++) {
      y = y.add(1);
    }
    return y;
  }

  @Benchmark
  public void tensorOf1000() {
    Tensor.zeros(1000).close();
  }

  @Benchmark
  public void tensorOf1000000() {
    Tensor.zeros(1_000_000).close();
  }

  @Benchmark
  public void emptyScope() {
    Scope.open().close();
  }

  @Benchmark
  @OperationsPerInvocation(CHAIN)
  public void node() {
    try (Scope inner = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      chain(x);
    }
  }

  @Benchmark
  @OperationsPerInvocation(CHAIN)
  public void nodeRecorded() {
    try (Scope inner = Scope.open();
        Autograd.Mode on = Autograd.enableGrad()) {
      chain(trained);
    }
  }

  @Benchmark
  @OperationsPerInvocation(CHAIN)
  public void nodeRecordedAndDifferentiated() {
    try (Scope inner = Scope.open();
        Autograd.Mode on = Autograd.enableGrad()) {
      Autograd.grad(chain(trained), trained);
    }
  }
}
