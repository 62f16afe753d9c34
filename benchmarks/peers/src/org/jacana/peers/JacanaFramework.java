package org.jacana.peers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backends;
import org.jacana.backend.ConvSpec;
import org.jacana.nn.Losses;
import org.jacana.op.BatchNorm;
import org.jacana.op.Conv;
import org.jacana.op.CrossEntropy;

/** Jacana on the CPU, through what a user of it calls. */
final class JacanaFramework implements Framework {
  JacanaFramework(int threads) {
    Device.threads(threads);
  }

  @Override
  public Map<String, String> about() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("backend", Backends.of(Device.CPU).description());
    m.put("threads", String.valueOf(Device.threads()));
    return m;
  }

  @Override
  public List<String> layouts() {
    return List.of("nhwc");
  }

  @Override
  public Job open(Case c, String layout) throws Exception {
    Scope scope = Scope.open(Device.CPU);
    try {
      return switch (c.kind()) {
        case STEP, STEP_REPLAYED -> new JacanaStep(scope, c);
        case INFERENCE -> JacanaStep.inference(scope, c);
        case SGD, ADAM -> JacanaStep.optimizer(scope, c);
        case EPOCH -> JacanaEpoch.of(scope, c);
        default -> operation(scope, c);
      };
    } catch (Exception | Error e) {
      scope.close();
      throw e;
    }
  }

  private static Tensor normal(int seed, int... shape) {
    return Tensor.of(Inputs.normal(seed, Arrays.stream(shape).reduce(1, (a, b) -> a * b)), shape);
  }

  private Job operation(Scope scope, Case c) {
    return switch (c.kind()) {
      case MATMUL -> {
        int n = c.size(0);
        Tensor a = normal(1, n, n);
        Tensor b = normal(2, n, n);
        yield call(scope, () -> a.matmul(b));
      }
      case CONV, CONV_DX, CONV_DW -> convolution(scope, c);
      case MAX_POOL -> {
        Tensor x = normal(1, c.size(0), c.size(1), c.size(1), c.size(2));
        yield call(scope, () -> x.maxPool2d(2, 2));
      }
      case BATCH_NORM -> {
        Tensor x = normal(1, c.size(0), c.size(1), c.size(1), c.size(2));
        Tensor gamma = normal(2, c.size(2));
        Tensor beta = normal(3, c.size(2));
        yield call(
            scope,
            () -> {
              BatchNorm.Result r = BatchNorm.batchNorm(x, gamma, beta, 1e-5);
              r.mean().close();
              r.variance().close();
              return r.y();
            });
      }
      case SOFTMAX -> {
        Tensor z = normal(1, c.size(0), Cases.CLASSES);
        yield call(scope, () -> z.softmax(1));
      }
      case CROSS_ENTROPY -> {
        Tensor z = normal(1, c.size(0), Cases.CLASSES);
        Tensor y = Tensor.of(Inputs.labels(c.size(0), Cases.CLASSES));
        yield call(scope, () -> CrossEntropy.crossEntropy(z, y));
      }
      case CROSS_ENTROPY_GRAD -> {
        Tensor z = normal(1, c.size(0), Cases.CLASSES).requiresGrad(true);
        Tensor y = Tensor.of(Inputs.labels(c.size(0), Cases.CLASSES));
        yield recorded(scope, () -> Autograd.grad(Losses.crossEntropy(z, y), z));
      }
      case ADD -> {
        Tensor a = normal(1, c.size(0));
        Tensor b = normal(2, c.size(0));
        yield call(scope, () -> a.add(b));
      }
      case RELU -> unary(scope, c, Tensor::relu);
      case EXP -> unary(scope, c, Tensor::exp);
      case TANH -> unary(scope, c, Tensor::tanh);
      case SUM -> {
        Tensor a = Tensor.of(Inputs.shifted(1, c.size(0)));
        yield call(scope, a::sum);
      }
      case CHAIN -> {
        Tensor x = Tensor.zeros(1);
        yield call(scope, () -> Scope.tidy(() -> chain(x)));
      }
      case CHAIN_RECORDED -> {
        Tensor x = Tensor.zeros(1).requiresGrad(true);
        yield recorded(scope, () -> chain(x));
      }
      case CHAIN_GRAD -> {
        Tensor x = Tensor.zeros(1).requiresGrad(true);
        yield recorded(scope, () -> Autograd.grad(chain(x), x));
      }
      default -> throw new IllegalArgumentException(c.name());
    };
  }

  private Job unary(Scope scope, Case c, UnaryOperator<Tensor> f) {
    Tensor a = normal(1, c.size(0));
    return call(scope, () -> f.apply(a));
  }

  private Job convolution(Scope scope, Case c) {
    ConvSpec s = ConvSpec.of(1, c.size(4) / 2);
    Shape xs = Shape.of(c.size(0), c.size(1), c.size(1), c.size(2));
    Shape ws = Shape.of(c.size(3), c.size(4), c.size(4), c.size(2));
    Tensor x = normal(1, xs.dims());
    Tensor w = normal(2, ws.dims());
    Tensor g = normal(3, c.size(0), c.size(1), c.size(1), c.size(3));
    return switch (c.kind()) {
      case CONV -> call(scope, () -> Conv.conv(s, x, w, null));
      case CONV_DX -> call(scope, () -> Conv.gradInput(s, g, w, xs));
      default -> call(scope, () -> Conv.gradWeight(s, x, g, ws));
    };
  }

  private static Tensor chain(Tensor x) {
    Tensor y = x;
    for (int i = 0; i < Cases.CHAIN; i++) {
      y = y.add(1);
    }
    return y;
  }

  /** With gradients off. */
  private static Job call(Scope scope, Supplier<Tensor> f) {
    return new Operation(scope, f) {
      @Override
      public void run() {
        f.get().close();
      }

      @Override
      public AutoCloseable mode() {
        return Autograd.noGrad();
      }
    };
  }

  /** With gradients on; the graph goes with the scope. */
  private static Job recorded(Scope scope, Supplier<Tensor> f) {
    return new Operation(scope, f) {
      @Override
      public void run() {
        try (Scope inner = Scope.open()) {
          f.get();
        }
      }
    };
  }

  private abstract static class Operation implements Job {
    private final Scope scope;
    private final Supplier<Tensor> f;

    Operation(Scope scope, Supplier<Tensor> f) {
      this.scope = scope;
      this.f = f;
    }

    @Override
    public List<float[]> results() {
      try (Scope inner = Scope.open()) {
        return List.of(f.get().floats());
      }
    }

    @Override
    public void close() {
      scope.close();
    }
  }
}
