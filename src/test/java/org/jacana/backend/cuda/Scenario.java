package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jacana.CapturedStep;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.ConvSpec;
import org.jacana.nn.Activation;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Conv2d;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Losses;
import org.jacana.nn.MaxPool2d;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.optim.Adam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;

/**
 * Small work on the GPU, in which tests let calls fail: made anew each time, it is the same work
 * with the same result.
 */
abstract class Scenario implements AutoCloseable {
  static final Device GPU = Device.cuda(0);

  final Generator generator = new Generator(5);
  final List<AutoCloseable> owned = new ArrayList<>();

  /** What is made, by name. */
  static Map<String, java.util.function.Supplier<Scenario>> all() {
    Map<String, java.util.function.Supplier<Scenario>> m = new TreeMap<>();
    m.put("forward", () -> new Step(null, false, false));
    m.put("backward", () -> new Step(null, true, false));
    m.put("sgd", () -> new Step(p -> Sgd.of(p).momentum(0.9).weightDecay(0.01), true, false));
    m.put("adam", () -> new Step(Adam::of, true, false));
    m.put("batch norm", () -> new Step(p -> Sgd.of(p).momentum(0.9), true, true));
    m.put("recorded", Recorded::new);
    m.put("matmul", () -> new Pure(Scenario::matmul));
    m.put("convolutions", () -> new Pure(Scenario::convolutions));
    m.put("reductions", () -> new Pure(Scenario::reductions));
    m.put("sorting", () -> new Pure(Scenario::sorting));
    m.put("indexing", () -> new Pure(Scenario::indexing));
    m.put("creation", () -> new Pure(Scenario::creation));
    return m;
  }

  /** Does the work and reads its result. */
  abstract float[] run();

  /** Parameters, and what an optimizer remembers: as before after a failure. */
  Map<String, float[]> state() {
    return Map.of();
  }

  /** Ready to run again after a failure. */
  void recover() {}

  <T extends AutoCloseable> T own(T t) {
    owned.add(t);
    return t;
  }

  @Override
  public void close() {
    for (int i = owned.size() - 1; i >= 0; i--) {
      try {
        owned.get(i).close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    owned.clear();
  }

  static float[] ramp(int n) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = (i * 37 % 101) / 50f - 1;
    }
    return v;
  }

  static Tensor tensor(int... shape) {
    return Tensor.of(ramp(Arrays.stream(shape).reduce(1, (a, b) -> a * b)), shape);
  }

  private static float[] floats(Tensor... ts) {
    Tensor[] flat = new Tensor[ts.length];
    for (int i = 0; i < ts.length; i++) {
      flat[i] = ts[i].to(DType.F32).reshape((int) ts[i].size());
    }
    return Tensor.concat(0, flat).floats();
  }

  /** Work that leaves nothing behind. */
  private static final class Pure extends Scenario {
    private final java.util.function.Supplier<float[]> work;

    Pure(java.util.function.Supplier<float[]> work) {
      this.work = work;
    }

    @Override
    float[] run() {
      try (Scope scope = Scope.open(GPU)) {
        return work.get();
      }
    }
  }

  private static float[] matmul() {
    Tensor a = tensor(2, 3, 4);
    Tensor b = tensor(2, 5, 4);
    Tensor reversed = a.flip(2).transpose(1, 2);
    return floats(a.matmul(b.transpose(1, 2)), reversed.matmul(b.slice(1, 0, 3)));
  }

  private static float[] convolutions() {
    Tensor x = tensor(2, 5, 4, 3).flip(1).requiresGrad(true);
    Tensor w = tensor(4, 3, 3, 3).requiresGrad(true);
    Tensor b = tensor(4).requiresGrad(true);
    // Unequal borders, which are put around the image first.
    Tensor y = x.conv2d(w, b, new ConvSpec(1, 1, 0, 1, 0, 1, 1, 1, 1));
    List<Tensor> g = Autograd.grad(y.square().sum(), List.of(x, w, b));
    return floats(y, g.get(0), g.get(1), g.get(2));
  }

  private static float[] reductions() {
    Tensor x = tensor(7, 300);
    return floats(
        x.sum(), x.mean(0), x.max(1), x.argmax(0), x.logSumExp(new int[] {1}, false), x.softmax(1));
  }

  private static float[] sorting() {
    Tensor x = tensor(2, 3000);
    return floats(x.sort(1, false), x.topK(5).values(), x.cumSum(1));
  }

  private static float[] indexing() {
    Tensor x = tensor(6, 5).requiresGrad(true);
    Tensor rows = Tensor.of(new int[] {3, 0, 3, 5}, 4);
    Tensor y = x.indexSelect(0, rows);
    Tensor dx = Autograd.grad(y.square().sum(), x);
    Tensor sum =
        tensor(6, 5)
            .scatterAdd(0, Tensor.of(new int[] {1, 1, 2, 0, 4}, 1, 5), y.detach().slice(0, 0, 1));
    return floats(y, dx, sum, x.detach().transpose(0, 1).copy());
  }

  private static float[] creation() {
    Generator g = new Generator(3);
    Tensor cpu;
    try (Tensor t = Scope.release(Tensor.eye(4))) {
      cpu = t.to(Device.CPU);
    }
    Tensor back = cpu.to(GPU);
    double[] d = Tensor.arange(5).doubles();
    return floats(
        back,
        g.normal(DType.F32, 3, 3),
        Tensor.of(d),
        Tensor.of(new byte[] {1, 2}),
        Tensor.ones(3).to(DType.BF16));
  }

  /** A network, trained if there is an optimizer. */
  private static class Step extends Scenario {
    final Module model;
    final Optimizer optimizer;
    private final boolean backward;

    Step(
        java.util.function.Function<List<Tensor>, Optimizer> rule, boolean backward, boolean norm) {
      this.backward = backward;
      try (Scope scope = Scope.open(GPU)) {
        List<Module> layers = new ArrayList<>();
        layers.add(new Conv2d(1, 3, 3, 1, 1, true, generator));
        if (norm) {
          layers.add(new BatchNorm(3));
        }
        layers.add(Activation.relu());
        layers.add(new MaxPool2d(2));
        layers.add(new Flatten());
        layers.add(new Linear(12, 4, generator));
        model = own(new Sequential(layers.toArray(Module[]::new)));
        optimizer = rule == null ? null : own(rule.apply(model.parameters()).learningRate(0.1));
      }
    }

    float[] loss(Tensor x, Tensor y) {
      Tensor logits = model.apply(x);
      Tensor loss = Losses.crossEntropy(logits, y);
      if (backward) {
        loss.backward();
      }
      if (optimizer != null) {
        optimizer.step();
        model.zeroGrad();
      }
      return null;
    }

    @Override
    float[] run() {
      try (Scope scope = Scope.open(GPU)) {
        Tensor x = tensor(4, 4, 4, 1);
        Tensor y = Tensor.of(new int[] {0, 3, 1, 2});
        List<Tensor> out = new ArrayList<>();
        if (!backward) {
          return Autograd.noGrad(() -> floats(model.apply(x)));
        }
        loss(x, y);
        if (optimizer == null) {
          model.parameters().forEach(p -> out.add(p.grad()));
          float[] g = floats(out.toArray(Tensor[]::new));
          model.zeroGrad();
          return g;
        }
        return new float[0];
      }
    }

    @Override
    void recover() {
      model.zeroGrad();
    }

    @Override
    Map<String, float[]> state() {
      Map<String, float[]> m = new TreeMap<>();
      model.namedParameters().forEach((k, t) -> m.put(k, t.floats()));
      if (optimizer != null) {
        optimizer.state().tensors().forEach((k, t) -> m.put("state " + k, t.floats()));
        optimizer
            .state()
            .scalars()
            .forEach((k, v) -> m.put("state " + k, new float[] {v.floatValue()}));
      }
      return m;
    }
  }

  /** A step that ran once before it is recorded and run again. */
  private static final class Recorded extends Step {
    private final Tensor x;
    private final Tensor y;

    Recorded() {
      super(p -> Adam.of(p), true, false);
      super.run();
      try (Scope scope = Scope.open(GPU)) {
        x = own(Scope.release(tensor(4, 4, 4, 1)));
        y = own(Scope.release(Tensor.of(new int[] {0, 3, 1, 2})));
      }
    }

    @Override
    float[] run() {
      try (CapturedStep step = CapturedStep.record(GPU, () -> loss(x, y))) {
        optimizer.beforeReplay();
        step.replay();
      }
      return new float[0];
    }
  }
}
