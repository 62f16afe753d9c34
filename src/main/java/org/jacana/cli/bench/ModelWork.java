package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.CapturedStep;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Losses;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.nn.Summary;
import org.jacana.optim.Sgd;

/** Whole networks: training steps and inference through the public interface. */
final class ModelWork {
  /**
   * A network and its input.
   *
   * @param name for {@link Models}
   * @param size rows and columns of an image
   * @param channels of an image
   * @param batch images
   */
  record Case(String name, int size, int channels, int batch) {
    /** Network and size of its images. */
    String sized() {
      return name + " " + size + "x" + size;
    }
  }

  private ModelWork() {}

  static Work step(Case c, Device device, Precision p, boolean recorded) {
    String name = "step " + c.name + " batch " + c.batch + " " + p + (recorded ? " recorded" : "");
    return new Work(name, 3 * operations(c), 0, () -> training(c, device, recorded)).at(p);
  }

  static Work inference(Case c, Device device) {
    return inference("inference " + c.name + " batch " + c.batch, c);
  }

  private static Work inference(String name, Case c) {
    return new Work(
        name,
        operations(c),
        0,
        () -> {
          Module net = model(c);
          net.eval();
          Tensor x = input(c);
          float[] one =
              Autograd.noGrad(() -> net.apply(x.slice(0, 0, 1)).floats()); // the first image alone
          return new Work.Call(
              () -> {
                try (Scope inner = Scope.open();
                    Autograd.Mode off = Autograd.noGrad()) {
                  net.apply(x);
                }
              },
              () -> {
                try (Scope inner = Scope.open();
                    Autograd.Mode off = Autograd.noGrad()) {
                  float[] all = net.apply(x).floats();
                  for (int k = 0; k < one.length; k++) {
                    String error = Check.equal("logit " + k, all[k], one[k], 1, 1e-4);
                    if (error != null) {
                      return error;
                    }
                  }
                  return null;
                } finally {
                  net.close();
                }
              });
        });
  }

  /** The same under a name that says how large the images are. */
  static Work sized(Case c, Device device, boolean training) {
    String name = c.sized() + " batch " + c.batch;
    return training
        ? new Work("step " + name, 3 * operations(c), 0, () -> training(c, device, false))
        : inference("forward " + name, c);
  }

  /**
   * About how many bytes that takes: outputs of all layers, in training their gradients too, and
   * what a step keeps for each parameter. Buffers that are used again make it less.
   */
  static double bytes(Case c, boolean training) {
    try (Scope scope = Scope.open(Device.CPU);
        Module net = model(c)) {
      Summary s = Summary.of(net, Shape.of(1, c.size, c.size, c.channels));
      double input = 4.0 * c.size * c.size * c.channels;
      return c.batch * (input + (training ? 2 : 1) * s.activationBytes())
          + (training ? 4 : 1) * s.parameterBytes();
    }
  }

  private static Module model(Case c) {
    return Models.byName(c.name, c.size, c.size, c.channels, 10, new Generator(1));
  }

  private static Tensor input(Case c) {
    return new Generator(3).normal(DType.F32, c.batch, c.size, c.size, c.channels);
  }

  /** Of one forward pass. */
  private static double operations(Case c) {
    try (Scope scope = Scope.open(Device.CPU);
        Module net = model(c)) {
      return 2.0
          * c.batch
          * Summary.of(net, Shape.of(1, c.size, c.size, c.channels)).multiplyAdds();
    }
  }

  private static Work.Call training(Case c, Device device, boolean recorded) {
    Module net = model(c);
    Sgd rule = Sgd.of(net.parameters()).momentum(0.9).learningRate(0.01);
    net.train();
    Tensor x = input(c);
    int[] classes = new int[c.batch];
    Arrays.setAll(classes, i -> i % 10);
    Tensor y = Tensor.of(classes);
    Tensor loss = Tensor.zeros();
    Runnable step =
        () -> {
          try (Scope inner = Scope.open(device);
              Autograd.Mode on = Autograd.enableGrad()) {
            Tensor l = Losses.crossEntropy(net.apply(x), y);
            l.backward();
            rule.step();
            net.zeroGrad();
            loss.assign(l.detach());
          }
        };
    step.run();
    double first = loss.item();
    List<AutoCloseable> used = new ArrayList<>(List.of(net, rule));
    Runnable run = step;
    if (recorded) {
      step.run();
      CapturedStep captured = CapturedStep.record(device, step);
      used.add(0, captured);
      run =
          () -> {
            rule.beforeReplay();
            captured.replay();
          };
    }
    return new Work.Call(
        run,
        () -> {
          try {
            double last = loss.item();
            return last < first ? null : "the loss did not fall: " + first + " to " + last;
          } finally {
            close(used);
          }
        });
  }

  private static void close(List<AutoCloseable> used) {
    for (AutoCloseable c : used) {
      try {
        c.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
