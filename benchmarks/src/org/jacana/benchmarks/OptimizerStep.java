package org.jacana.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
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

/** An optimizer's step alone, over the 3.3 million parameters of lenet. */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OptimizerStep {
  @Param({"sgd", "momentum", "adam"})
  String rule;

  private Scope scope;
  private Sequential net;
  private Optimizer optimizer;
  private List<Tensor> gradients;
  private float before;

  @Setup
  public void setUp() {
    scope = Scope.open(Device.CPU);
    net = Models.lenet(28, 28, 1, 10, new Generator(1));
    optimizer =
        switch (rule) {
          case "sgd" -> Sgd.of(net.parameters());
          case "momentum" -> Sgd.of(net.parameters()).momentum(0.9);
          case "adam" -> Adam.of(net.parameters());
          default -> throw new IllegalArgumentException("no rule " + rule);
        };
    optimizer.learningRate(1e-6);
    gradients = net.parameters().stream().map(p -> p.detach().onesLike()).toList();
    before = net.parameters().get(0).floats()[0];
  }

  @TearDown
  public void tearDown() {
    float after = net.parameters().get(0).floats()[0];
    optimizer.close();
    net.close();
    scope.close();
    if (!(after < before)) {
      throw new IllegalStateException("a parameter did not go against its gradient");
    }
  }

  @Benchmark
  public void step() {
    optimizer.step(gradients);
  }
}
