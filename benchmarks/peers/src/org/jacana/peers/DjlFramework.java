package org.jacana.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Deep Java Library on its PyTorch engine; it has no choice of layouts. */
final class DjlFramework implements Framework {
  private final Engine engine;
  private final int threads;

  DjlFramework(int threads) {
    this.threads = threads;
    System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
    engine = Engine.getEngine("PyTorch");
  }

  @Override
  public Map<String, String> about() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("version", Engine.getDjlVersion());
    m.put("engine", engine.getEngineName() + " " + engine.getVersion());
    m.put("threads", String.valueOf(threads));
    return m;
  }

  @Override
  public List<String> layouts() {
    return List.of(LibtorchFramework.CONTIGUOUS);
  }

  @Override
  public Job open(Case c, String layout) {
    return switch (c.kind()) {
      case STEP, STEP_REPLAYED -> new DjlStep(c);
      case INFERENCE -> DjlStep.inference(c);
      default -> operation(NDManager.newBaseManager(), c);
    };
  }

  private static NDArray normal(NDManager m, int seed, long... shape) {
    Shape s = new Shape(shape);
    return m.create(Inputs.normal(seed, (int) s.size()), s);
  }

  private static NDArray images(NDManager m, int seed, int n, int h, int w, int c) {
    float[] v = ChannelsFirst.of(Inputs.normal(seed, n * h * w * c), n, h, w, c);
    return m.create(v, new Shape(n, c, h, w));
  }

  private Job operation(NDManager m, Case c) {
    return switch (c.kind()) {
      case MATMUL -> {
        NDArray a = normal(m, 1, c.size(0), c.size(0));
        NDArray b = normal(m, 2, c.size(0), c.size(0));
        yield call(m, () -> a.matMul(b), NDArray::toFloatArray);
      }
      case CONV -> {
        int k = c.size(4);
        NDArray x = images(m, 1, c.size(0), c.size(1), c.size(1), c.size(2));
        NDArray w = images(m, 2, c.size(3), k, k, c.size(2));
        Shape one = new Shape(1, 1);
        Shape padding = new Shape(k / 2, k / 2);
        yield call(
            m,
            () -> {
              NDList y = Conv2d.conv2d(x, w, null, one, padding, one, 1);
              return y.singletonOrThrow();
            },
            y -> ChannelsFirst.back(y.toFloatArray(), c.size(0), c.size(1), c.size(1), c.size(3)));
      }
      case MAX_POOL -> {
        NDArray x = images(m, 1, c.size(0), c.size(1), c.size(1), c.size(2));
        Shape two = new Shape(2, 2);
        Shape none = new Shape(0, 0);
        int half = c.size(1) / 2;
        yield call(
            m,
            () -> Pool.maxPool2d(x, two, two, none, false),
            y -> ChannelsFirst.back(y.toFloatArray(), c.size(0), half, half, c.size(2)));
      }
      case SOFTMAX -> {
        NDArray z = normal(m, 1, c.size(0), Cases.CLASSES);
        yield call(m, () -> z.softmax(1), NDArray::toFloatArray);
      }
      case ADD -> {
        NDArray a = normal(m, 1, c.size(0));
        NDArray b = normal(m, 2, c.size(0));
        yield call(m, () -> a.add(b), NDArray::toFloatArray);
      }
      case RELU -> {
        NDArray a = normal(m, 1, c.size(0));
        yield call(m, () -> Activation.relu(a), NDArray::toFloatArray);
      }
      case EXP -> {
        NDArray a = normal(m, 1, c.size(0));
        yield call(m, a::exp, NDArray::toFloatArray);
      }
      case TANH -> {
        NDArray a = normal(m, 1, c.size(0));
        yield call(m, a::tanh, NDArray::toFloatArray);
      }
      case SUM -> {
        NDArray a = m.create(Inputs.shifted(1, c.size(0)));
        yield call(m, a::sum, NDArray::toFloatArray);
      }
      case CHAIN -> {
        NDArray x = m.zeros(new Shape(1));
        NDArray one = m.ones(new Shape(1));
        yield call(m, () -> chain(x, one), NDArray::toFloatArray);
      }
      default -> {
        m.close();
        yield null;
      }
    };
  }

  private static NDArray chain(NDArray x, NDArray one) {
    NDArray y = x.add(one);
    for (int i = 1; i < Cases.CHAIN; i++) {
      NDArray next = y.add(one);
      y.close();
      y = next;
    }
    return y;
  }

  private static Job call(NDManager m, Supplier<NDArray> f, Function<NDArray, float[]> values) {
    return new Job() {
      @Override
      public void run() {
        f.get().close();
      }

      @Override
      public List<float[]> results() {
        try (NDArray y = f.get()) {
          return List.of(values.apply(y));
        }
      }

      @Override
      public void close() {
        m.close();
      }
    };
  }
}
