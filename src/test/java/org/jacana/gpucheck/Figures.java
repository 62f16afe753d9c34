package org.jacana.gpucheck;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.CapturedStep;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backends;
import org.jacana.backend.ConvSpec;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.op.Conv;
import org.jacana.optim.Adam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;

/**
 * What the GPU does in Jacana's hands: medians over samples of several calls with one wait at the
 * end. benchmarks/gpu/torch_peer.py measures the same in PyTorch.
 */
final class Figures {
  private final Device gpu;

  /** Everything once and small: to see that it runs, where its times mean nothing. */
  private final boolean rehearsal;

  private final List<Figure> out = new ArrayList<>();

  private Figures(Device gpu, boolean rehearsal) {
    this.gpu = gpu;
    this.rehearsal = rehearsal;
  }

  /** Writes the figures of the first GPU to a file. */
  public static void main(String[] args) throws IOException {
    Files.writeString(Path.of(args[0]), new Gson().toJson(all(Device.cuda(0), false)));
  }

  /** Runs everything on a small scale; returns the number of figures, whose values mean nothing. */
  static Finding rehearse(Device gpu) {
    return Finding.pass("figures rehearsed", all(gpu, true).size() + " small cases ran, untimed");
  }

  private static List<Figure> all(Device gpu, boolean rehearsal) {
    Figures f = new Figures(gpu, rehearsal);
    try (Scope scope = Scope.open(gpu)) {
      Autograd.noGrad(
          () -> {
            f.transfers();
            f.launches();
            f.pointwise();
            f.products();
            f.convolutions();
          });
      f.steps();
    }
    return f.out;
  }

  private interface Body {
    void run();
  }

  private double median(int usual, Body body) {
    int samples = rehearsal ? 1 : 15;
    int calls = rehearsal ? 1 : usual;
    double[] times = new double[samples];
    for (int s = -2; s < samples; s++) {
      Backends.of(gpu).synchronize();
      long t = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        body.run();
      }
      Backends.of(gpu).synchronize();
      if (s >= 0) {
        times[s] = (System.nanoTime() - t) / 1e3 / calls;
      }
    }
    Arrays.sort(times);
    return times[samples / 2];
  }

  private void rate(String name, int calls, double work, String unit, Supplier<Tensor> call) {
    double us =
        median(
            calls,
            () -> {
              try (Tensor t = Scope.release(call.get())) {
                assert t.isOpen();
              }
            });
    out.add(new Figure(name, us, work / us / (unit.startsWith("T") ? 1e6 : 1e3), unit));
  }

  private void transfers() {
    float[] host = new float[rehearsal ? 1000 : 16 << 20];
    Tensor big = Tensor.zeros(host.length);
    double bytes = 4.0 * host.length;
    double up = median(1, () -> big.write(host));
    out.add(new Figure("upload 64 MiB (Java array)", up, bytes / up / 1e3, "GB/s"));
    double down = median(1, big::floats);
    out.add(new Figure("download 64 MiB (Java array)", down, bytes / down / 1e3, "GB/s"));
  }

  private void launches() {
    Tensor one = Tensor.zeros();
    out.add(
        new Figure(
            "kernel launch in a stream",
            median(2000, () -> Backends.of(gpu).fill(one.view(), 1)),
            0,
            ""));
    try (CapturedStep step =
        CapturedStep.record(
            gpu,
            () -> {
              for (int i = 0; i < 200; i++) {
                Backends.of(gpu).fill(one.view(), i);
              }
            })) {
      double us = median(20, step::replay);
      out.add(new Figure("kernel in a recorded step, of 200", us / 200, 0, ""));
    }
    try (CapturedStep empty =
        CapturedStep.record(gpu, () -> Backends.of(gpu).fill(one.view(), 1))) {
      out.add(new Figure("replay of a recorded step of 1", median(2000, empty::replay), 0, ""));
    }
  }

  private void pointwise() {
    Tensor small = Tensor.ones(1000);
    rate("add, 1,000 elements, eager", 1000, 0, "GB/s", () -> small.add(small));
    int n = rehearsal ? 1 << 12 : 64 << 20;
    Tensor a = Tensor.ones(n);
    Tensor b = Tensor.ones(n);
    rate("copy, 256 MiB", 10, 8.0 * n, "GB/s", () -> a.mul(1));
    rate("add, 256 MiB", 10, 12.0 * n, "GB/s", () -> a.add(b));
    rate("exp, 256 MiB", 10, 8.0 * n, "GB/s", a::exp);
    rate("sum, 256 MiB", 10, 4.0 * n, "GB/s", a::sum);
    Tensor half = a.to(DType.BF16);
    rate("add, 128 MiB, BF16", 10, 6.0 * n, "GB/s", () -> half.add(half));
    Tensor rows = a.reshape(rehearsal ? 2 : 2048, -1);
    rate("softmax, 2048 x 32768", 10, 8.0 * n, "GB/s", () -> rows.softmax(1));
  }

  private void products() {
    for (int n : rehearsal ? new int[] {16} : new int[] {256, 1024, 4096, 8192}) {
      Tensor a = new Generator(1).normal(DType.F32, n, n);
      double flop = 2.0 * n * n * n;
      int calls = n <= 1024 ? 200 : 5;
      for (Precision p : new Precision[] {Precision.FP32, Precision.TF32, Precision.BF16}) {
        Tensor x = p == Precision.BF16 ? a.to(DType.BF16) : a;
        p.run(
            gpu,
            () -> {
              rate("matmul " + n + " " + p, calls, flop, "TFLOP/s", () -> x.matmul(x));
              return null;
            });
      }
    }
  }

  private void convolutions() {
    int[][] shapes = {
      {512, 32, 16, 16}, {256, 32, 64, 64}, {256, 16, 128, 128}, {64, 14, 256, 256}
    };
    for (int[] s : rehearsal ? new int[][] {{2, 5, 4, 4}} : shapes) {
      ConvSpec spec = ConvSpec.of(1, 1);
      double flop = 2.0 * s[0] * s[1] * s[1] * s[2] * s[3] * 9;
      for (DType t : new DType[] {DType.F32, DType.BF16}) {
        Tensor x = new Generator(1).normal(DType.F32, s[0], s[1], s[1], s[2]).to(t);
        Tensor w = new Generator(2).normal(DType.F32, s[3], 3, 3, s[2]).to(t);
        Tensor y = Conv.conv(spec, x, w, null);
        String name =
            " 3x3 n" + s[0] + " " + s[1] + "x" + s[1] + " c" + s[2] + "->" + s[3] + " " + t;
        rate("conv" + name, 20, flop, "TFLOP/s", () -> Conv.conv(spec, x, w, null));
        rate("conv dx" + name, 20, flop, "TFLOP/s", () -> Conv.gradInput(spec, y, w, x.shape()));
        rate("conv dw" + name, 20, flop, "TFLOP/s", () -> Conv.gradWeight(spec, x, y, w.shape()));
      }
    }
  }

  private void steps() {
    for (Precision p : new Precision[] {Precision.FP32, Precision.TF32, Precision.BF16}) {
      step("lenet", 28, 1, 128, p, false);
      step("resnet8", 32, 3, 64, p, false);
      step("resnet8", 32, 3, 512, p, false);
    }
    step("resnet8", 32, 3, 64, Precision.FP32, true);
  }

  private void step(String model, int full, int channels, int many, Precision p, boolean adam) {
    int size = rehearsal ? 8 : full;
    int batch = rehearsal ? 4 : many;
    try (Scope scope = Scope.open(gpu);
        Module net = Models.byName(model, size, size, channels, 10, new Generator(1));
        Optimizer rule =
            adam ? Adam.of(net.parameters()) : Sgd.of(net.parameters()).momentum(0.9)) {
      net.train();
      Tensor x = new Generator(3).normal(DType.F32, batch, size, size, channels);
      int[] classes = new int[batch];
      Arrays.setAll(classes, i -> i % 10);
      Tensor y = Tensor.of(classes);
      Body step =
          () -> {
            try (Scope inner = Scope.open(gpu)) {
              Losses.crossEntropy(net.apply(x), y).backward();
              rule.step();
              net.zeroGrad();
            }
          };
      String name = "step " + model + " batch " + batch + " " + p + (adam ? " adam" : " sgd");
      p.run(
          gpu,
          () -> {
            double eager = median(20, step);
            out.add(new Figure(name + " eager", eager, batch * 1e3 / eager, "k images/s"));
            try (CapturedStep recorded = CapturedStep.record(gpu, step::run)) {
              double replay =
                  median(
                      50,
                      () -> {
                        rule.beforeReplay();
                        recorded.replay();
                      });
              String what = name + " recorded (" + recorded.nodes() + " nodes)";
              out.add(new Figure(what, replay, batch * 1e3 / replay, "k images/s"));
            }
            return null;
          });
    }
  }
}
