package org.jacana.gpucheck;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backends;
import org.jacana.backend.OutOfDeviceMemoryException;
import org.jacana.data.Digits;
import org.jacana.data.ImageSplit;
import org.jacana.data.Normalization;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Schedule;
import org.jacana.optim.Sgd;
import org.jacana.train.Execution;
import org.jacana.train.History;
import org.jacana.train.Progress;
import org.jacana.train.Trainer;
import org.jacana.train.WeightsHash;

/** Training on the GPU against the CPU, against itself, and after running out of memory. */
final class Training {
  private static final double TOLERANCE = 1e-4;

  private Training() {}

  /** The losses of the first steps with fixed images. */
  static List<Double> losses(Device device, String name, int size, int channels, int steps) {
    List<Double> out = new ArrayList<>();
    try (Scope scope = Scope.open(device);
        Module net = Models.byName(name, size, size, channels, 10, new Generator(1));
        Sgd sgd = Sgd.of(net.parameters()).momentum(0.9)) {
      sgd.learningRate(0.02);
      net.train();
      for (int i = 0; i < steps; i++) {
        try (Scope step = Scope.open(device)) {
          Generator g = new Generator(100 + i);
          Tensor x = g.normal(org.jacana.DType.F32, 32, size, size, channels);
          int[] labels = new int[32];
          for (int k = 0; k < labels.length; k++) {
            labels[k] = (7 * k + i) % 10;
          }
          Tensor loss = Losses.crossEntropy(net.apply(x), Tensor.of(labels));
          loss.backward();
          sgd.step();
          net.zeroGrad();
          out.add(loss.item());
        }
      }
    }
    return out;
  }

  /** The first 10 losses agree with the CPU's. */
  static Finding curve(Device gpu, String name, int size, int channels) {
    List<Double> here = losses(gpu, name, size, channels, 10);
    List<Double> there = losses(Device.CPU, name, size, channels, 10);
    double worst = 0;
    for (int i = 0; i < here.size(); i++) {
      worst = Math.max(worst, Math.abs(here.get(i) - there.get(i)) / Math.abs(there.get(i)));
    }
    String summary = String.format("largest relative difference of 10 losses %.1e", worst);
    String check = name + " against the CPU";
    return worst <= TOLERANCE
        ? Finding.pass(check, summary)
        : Finding.fail(check, summary, List.of("gpu " + here, "cpu " + there));
  }

  private static String hash(Device gpu, Execution how, int epochs) {
    ImageSplit data = Digits.load();
    try (Scope scope = Scope.open(gpu);
        Module net = Models.byName("lenet", 8, 8, 1, 10, new Generator(1));
        Sgd sgd = Sgd.of(net.parameters()).momentum(0.9)) {
      Generator.seed(1);
      Trainer t =
          new Trainer(epochs, 32, 0.05, Schedule.cosine(), 1, new Progress.Listener() {}, how);
      t.fit(net, sgd, data, Normalization.of(data.train()));
      return WeightsHash.sha256(net);
    }
  }

  /** The same bits in every run, with the promise asked for. */
  static Finding deterministic(Device gpu, int runs) {
    Backends.of(gpu).deterministic(true);
    try {
      TreeSet<String> hashes = new TreeSet<>();
      for (int i = 0; i < runs; i++) {
        hashes.add(hash(gpu, Execution.DEFAULT, 1));
      }
      String summary = runs + " trainings gave " + hashes.size() + " set(s) of weights";
      return hashes.size() == 1
          ? Finding.pass("deterministic training", summary)
          : Finding.fail("deterministic training", summary, List.copyOf(hashes));
    } finally {
      Backends.of(gpu).deterministic(false);
    }
  }

  /** A recorded step gives the bits of the eager one. */
  static Finding recorded(Device gpu) {
    Backends.of(gpu).deterministic(true);
    try {
      String eager = hash(gpu, new Execution(Precision.FP32, Execution.Recording.OFF), 1);
      String replayed = hash(gpu, new Execution(Precision.FP32, Execution.Recording.ON), 1);
      return eager.equals(replayed)
          ? Finding.pass("recorded training", "the same weights as eager training")
          : Finding.fail("recorded training", "other weights", List.of(eager, replayed));
    } finally {
      Backends.of(gpu).deterministic(false);
    }
  }

  /** Learns digits in every precision. */
  static Finding learns(Device gpu, Precision precision) {
    ImageSplit data = Digits.load();
    try (Scope scope = Scope.open(gpu);
        Module net = Models.byName("lenet", 8, 8, 1, 10, new Generator(1));
        Sgd sgd = Sgd.of(net.parameters()).momentum(0.9)) {
      Generator.seed(1);
      Execution how = new Execution(precision, Execution.Recording.AUTO);
      History h =
          new Trainer(10, 32, 0.05, Schedule.cosine(), 1, new Progress.Listener() {}, how)
              .fit(net, sgd, data, Normalization.of(data.train()));
      double accuracy = h.last().test().accuracy();
      String summary = String.format("test accuracy %.4f after 10 epochs", accuracy);
      String check = "digits in " + precision;
      return accuracy > 0.96
          ? Finding.pass(check, summary)
          : Finding.fail(check, summary, List.of(h.toString()));
    }
  }

  /** After running out of memory the half still works, and nothing is left alive. */
  static Finding outOfMemory(Device gpu) {
    long before = Backends.of(gpu).liveBytes();
    String said = null;
    try (Scope scope = Scope.open(gpu)) {
      List<Tensor> held = new ArrayList<>();
      while (held.size() < 100_000) {
        held.add(Tensor.zeros(64, 1024, 1024));
      }
    } catch (OutOfDeviceMemoryException e) {
      said = e.getMessage();
    }
    long after = Backends.of(gpu).liveBytes();
    double sum;
    try (Scope scope = Scope.open(gpu)) {
      sum = Autograd.noGrad(() -> Tensor.ones(32, 1024, 1024).sum()).item();
    }
    boolean ok = said != null && before == after && sum == 32.0 * 1024 * 1024;
    return ok
        ? Finding.pass("out of memory", said)
        : Finding.fail(
            "out of memory",
            "said " + said + "; live before " + before + ", after " + after + "; sum " + sum,
            List.of());
  }
}
