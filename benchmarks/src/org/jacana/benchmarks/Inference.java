package org.jacana.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Models;
import org.jacana.nn.Sequential;
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

/** From images to logits on the host: mlp and lenet on 28x28x1, resnet8 on 32x32x3. */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Inference {
  @Param({"mlp", "lenet", "resnet8"})
  String model;

  @Param({"1", "32", "256"})
  int batch;

  private Scope scope;
  private Sequential net;
  private Tensor x;

  @Setup
  public void setUp() {
    boolean small = !model.equals("resnet8");
    int size = small ? 28 : 32;
    int channels = small ? 1 : 3;
    scope = Scope.open(Device.CPU);
    Generator g = new Generator(1);
    net = Models.byName(model, size, size, channels, 10, g);
    net.eval();
    x = g.normal(DType.F32, batch, size, size, channels);
  }

  @TearDown
  public void tearDown() {
    float[] all = logits();
    float[] last = Autograd.noGrad(() -> net.apply(x.slice(0, batch - 1, batch)).floats());
    net.close();
    scope.close();
    for (int k = 0; k < last.length; k++) {
      if (!(Math.abs(all[all.length - last.length + k] - last[k]) < 1e-4)) {
        throw new IllegalStateException("the last image's logit " + k + " differs when alone");
      }
    }
  }

  @Benchmark
  public float[] logits() {
    try (Scope step = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      return net.apply(x).floats();
    }
  }
}
