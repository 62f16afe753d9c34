package org.jacana.peers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's C++ library through JavaCPP, on MKL. */
final class LibtorchFramework implements Framework {
  static final String CONTIGUOUS = "contiguous";
  static final String CHANNELS_LAST = "channels_last";

  /** A loss for each row. */
  private static final long NO_REDUCTION = 0;

  LibtorchFramework(int threads) {
    torch.set_num_threads(threads);
  }

  @Override
  public Map<String, String> about() {
    Map<String, String> m = new LinkedHashMap<>();
    String config = torch.show_config().getString();
    m.put("version", find(config, "TORCH_VERSION=([0-9.]+)"));
    m.put("oneDNN", find(config, "MKL-DNN (v[0-9.]+)"));
    m.put("vectors", find(config, "CPU capability usage: (\\S+)"));
    m.put("blas", Libraries.loaded("mkl_rt") ? "MKL" : "OpenBLAS");
    m.put("threads", String.valueOf(torch.get_num_threads()));
    return m;
  }

  private static String find(String text, String regex) {
    Matcher m = Pattern.compile(regex).matcher(text);
    return m.find() ? m.group(1) : "unknown";
  }

  @Override
  public List<String> layouts() {
    return List.of(CONTIGUOUS, CHANNELS_LAST);
  }

  @Override
  public Job open(Case c, String layout) throws Exception {
    return switch (c.kind()) {
      case STEP, STEP_REPLAYED -> new TorchStep(c, layout);
      case INFERENCE -> TorchStep.inference(c, layout);
      case SGD, ADAM -> TorchStep.optimizer(c, layout);
      case EPOCH -> new TorchEpoch(c, layout);
      default -> operation(c, layout);
    };
  }

  private static Tensor normal(int seed, int... shape) {
    long[] wide = new long[shape.length];
    int n = 1;
    for (int i = 0; i < shape.length; i++) {
      wide[i] = shape[i];
      n *= shape[i];
    }
    return TorchArrays.of(Inputs.normal(seed, n), wide);
  }

  private static Tensor images(int seed, String layout, int n, int h, int w, int c) {
    return TorchArrays.images(Inputs.normal(seed, n * h * w * c), layout, n, h, w, c);
  }

  private Job operation(Case c, String layout) {
    return switch (c.kind()) {
      case MATMUL -> {
        Tensor a = normal(1, c.size(0), c.size(0));
        Tensor b = normal(2, c.size(0), c.size(0));
        yield call(() -> torch.mm(a, b), TorchArrays::floats);
      }
      case CONV, CONV_DX, CONV_DW -> convolution(c, layout);
      case MAX_POOL -> {
        Tensor x = images(1, layout, c.size(0), c.size(1), c.size(1), c.size(2));
        yield call(() -> torch.max_pool2d(x, 2, 2), TorchArrays::imageFloats);
      }
      case BATCH_NORM -> {
        Tensor x = images(1, layout, c.size(0), c.size(1), c.size(1), c.size(2));
        TensorOptional gamma = new TensorOptional(normal(2, c.size(2)));
        TensorOptional beta = new TensorOptional(normal(3, c.size(2)));
        TensorOptional none = new TensorOptional();
        yield call(
            () -> torch.batch_norm(x, gamma, beta, none, none, true, 0.1, 1e-5, false),
            TorchArrays::imageFloats);
      }
      case SOFTMAX -> {
        Tensor z = normal(1, c.size(0), Cases.CLASSES);
        yield call(() -> torch.softmax(z, 1), TorchArrays::floats);
      }
      case CROSS_ENTROPY -> {
        Tensor z = normal(1, c.size(0), Cases.CLASSES);
        Tensor y = TorchArrays.labels(Inputs.labels(c.size(0), Cases.CLASSES));
        TensorOptional none = new TensorOptional();
        yield call(
            () -> torch.cross_entropy_loss(z, y, none, NO_REDUCTION, -100, 0), TorchArrays::floats);
      }
      case CROSS_ENTROPY_GRAD -> {
        Tensor z = normal(1, c.size(0), Cases.CLASSES).set_requires_grad(true);
        Tensor y = TorchArrays.labels(Inputs.labels(c.size(0), Cases.CLASSES));
        TensorVector of = new TensorVector(z);
        yield recorded(
            () -> torch.grad(new TensorVector(torch.cross_entropy_loss(z, y)), of).get(0));
      }
      case ADD -> {
        Tensor a = normal(1, c.size(0));
        Tensor b = normal(2, c.size(0));
        yield call(() -> torch.add(a, b), TorchArrays::floats);
      }
      case RELU -> {
        Tensor a = normal(1, c.size(0));
        yield call(a::relu, TorchArrays::floats);
      }
      case EXP -> {
        Tensor a = normal(1, c.size(0));
        yield call(a::exp, TorchArrays::floats);
      }
      case TANH -> {
        Tensor a = normal(1, c.size(0));
        yield call(a::tanh, TorchArrays::floats);
      }
      case SUM -> {
        Tensor a = TorchArrays.of(Inputs.shifted(1, c.size(0)), c.size(0));
        yield call(a::sum, TorchArrays::floats);
      }
      case CHAIN -> {
        Tensor x = normal(1, 1).zero_();
        Tensor one = normal(1, 1).fill_(new Scalar(1f));
        yield call(() -> chain(x, one), TorchArrays::floats);
      }
      case CHAIN_RECORDED -> {
        Tensor x = normal(1, 1).zero_().set_requires_grad(true);
        Tensor one = normal(1, 1).fill_(new Scalar(1f));
        yield recorded(() -> chain(x, one));
      }
      case CHAIN_GRAD -> {
        Tensor x = normal(1, 1).zero_().set_requires_grad(true);
        Tensor one = normal(1, 1).fill_(new Scalar(1f));
        TensorVector of = new TensorVector(x);
        yield recorded(() -> torch.grad(new TensorVector(chain(x, one)), of).get(0));
      }
      default -> throw new IllegalArgumentException(c.name());
    };
  }

  /**
   * Each value is let go as soon as the next one has been made from it. A tensor of 1 takes less
   * than half the time that the number 1 does.
   */
  private static Tensor chain(Tensor x, Tensor one) {
    Tensor y = torch.add(x, one);
    for (int i = 1; i < Cases.CHAIN; i++) {
      Tensor next = torch.add(y, one);
      y.close();
      y = next;
    }
    return y;
  }

  private Job convolution(Case c, String layout) {
    int k = c.size(4);
    long[] stride = {1, 1};
    long[] padding = {k / 2, k / 2};
    long[] zero = {0, 0};
    Tensor x = images(1, layout, c.size(0), c.size(1), c.size(1), c.size(2));
    Tensor w = images(2, layout, c.size(3), k, k, c.size(2));
    Tensor g = images(3, layout, c.size(0), c.size(1), c.size(1), c.size(3));
    if (c.kind() == Case.Kind.CONV) {
      TensorOptional none = new TensorOptional();
      return call(
          () -> torch.conv2d(x, w, none, stride, padding, stride, 1), TorchArrays::imageFloats);
    }
    boolean dx = c.kind() == Case.Kind.CONV_DX;
    BoolPointer wanted = new BoolPointer(3);
    wanted.put(0, dx).put(1, !dx).put(2, false);
    LongArrayRefOptional none = new LongArrayRefOptional();
    return call(
        () -> {
          T_TensorTensorTensor_T all =
              torch.convolution_backward(
                  g, x, w, none, stride, padding, stride, false, zero, 1, wanted);
          Tensor result = new Tensor(dx ? all.get0() : all.get1());
          all.close();
          return result;
        },
        TorchArrays::imageFloats);
  }

  /** With gradients off. */
  private static Job call(Supplier<Tensor> f, Function<Tensor, float[]> values) {
    return new Operation(f, values) {
      @Override
      public void run() {
        f.get().close();
      }

      @Override
      public AutoCloseable mode() {
        return new InferenceMode();
      }
    };
  }

  /** With gradients on. */
  private static Job recorded(Supplier<Tensor> f) {
    return new Operation(f, TorchArrays::floats) {
      @Override
      public void run() {
        try (PointerScope inner = new PointerScope()) {
          f.get();
        }
      }
    };
  }

  private abstract static class Operation implements Job {
    private final Supplier<Tensor> f;
    private final Function<Tensor, float[]> values;

    Operation(Supplier<Tensor> f, Function<Tensor, float[]> values) {
      this.f = f;
      this.values = values;
    }

    @Override
    public List<float[]> results() {
      try (PointerScope inner = new PointerScope()) {
        return List.of(values.apply(f.get()));
      }
    }

    @Override
    public void close() {}
  }
}
