package org.jacana.peers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Deeplearning4j on ND4J's CPU backend with oneDNN. */
final class Dl4jFramework implements Framework {
  private final int threads;

  Dl4jFramework(int threads) {
    this.threads = threads;
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
  }

  @Override
  public Map<String, String> about() {
    Map<String, String> m = new LinkedHashMap<>();
    Matcher natives =
        Pattern.compile("nd4j-native-(\\d[^:/\\\\]*)-(\\w+-x86_64[^:/\\\\]*)\\.jar")
            .matcher(System.getProperty("java.class.path"));
    if (natives.find()) {
      m.put("version", natives.group(1));
      m.put("natives", natives.group(2));
    }
    m.put("helpers", Nd4j.getEnvironment().helpersAllowed() ? "on" : "off");
    m.put("blas", Nd4j.factory().blas().getBlasVendor().toString());
    m.put("threads", String.valueOf(threads));
    return m;
  }

  @Override
  public List<String> layouts() {
    return List.of(LibtorchFramework.CONTIGUOUS, LibtorchFramework.CHANNELS_LAST);
  }

  @Override
  public Job open(Case c, String layout) {
    boolean last = layout.equals(LibtorchFramework.CHANNELS_LAST);
    return switch (c.kind()) {
      case STEP, STEP_REPLAYED -> new Dl4jStep(c, last);
      case INFERENCE -> Dl4jStep.inference(c, last);
      case ADAM -> Dl4jStep.adam(c);
      // Momentum is Nesterov's only, which gives other numbers than the plain one.
      case SGD -> null;
      // Only one operation computes filter gradients, and it always computes both gradients.
      case CONV_DW -> null;
      // Operations are recorded in graphs that are built before, not as they run.
      case CHAIN_RECORDED, CHAIN_GRAD -> null;
      // Only libtorch runs whole epochs beside Jacana.
      case EPOCH -> null;
      default -> operation(c, last);
    };
  }

  private static INDArray images(int seed, boolean last, int n, int h, int w, int c) {
    return Dl4jArrays.images(Inputs.normal(seed, n * h * w * c), last, n, h, w, c);
  }

  /**
   * Functions that ND4J has twice are taken where they were faster: matrix products and tanh from
   * oneDNN instead of OpenBLAS and ND4J's own loop.
   */
  private static Job operation(Case c, boolean last) {
    return switch (c.kind()) {
      case MATMUL -> {
        int n = c.size(0);
        INDArray a = Dl4jArrays.normal(1, n, n);
        INDArray b = Dl4jArrays.normal(2, n, n);
        yield call(
            () -> Nd4j.matmul(a, b, Nd4j.createUninitialized(DataType.FLOAT, new long[] {n, n})));
      }
      case CONV -> {
        INDArray x = images(1, last, c.size(0), c.size(1), c.size(1), c.size(2));
        INDArray w = filters(c);
        Conv2DConfig how = convolution(c, last);
        yield call(() -> Nd4j.cnn().conv2d(x, w, how), y -> Dl4jArrays.imageFloats(y, last));
      }
      case CONV_DX -> {
        INDArray g = images(3, last, c.size(0), c.size(1), c.size(1), c.size(3));
        INDArray w = filters(c);
        yield call(() -> inputGradient(c, g, w, last), y -> Dl4jArrays.imageFloats(y, last));
      }
      case MAX_POOL -> {
        INDArray x = images(1, last, c.size(0), c.size(1), c.size(1), c.size(2));
        Pooling2DConfig how =
            Pooling2DConfig.builder()
                .kH(2)
                .kW(2)
                .sH(2)
                .sW(2)
                .dH(1)
                .dW(1)
                .isNHWC(last)
                .paddingMode(PaddingMode.VALID)
                .build();
        yield call(() -> Nd4j.cnn().maxPooling2d(x, how), y -> Dl4jArrays.imageFloats(y, last));
      }
      case BATCH_NORM -> {
        INDArray x = images(1, last, c.size(0), c.size(1), c.size(1), c.size(2));
        INDArray gamma = Dl4jArrays.normal(2, c.size(2));
        INDArray beta = Dl4jArrays.normal(3, c.size(2));
        yield call(() -> batchNorm(x, gamma, beta, last), y -> Dl4jArrays.imageFloats(y, last));
      }
      case SOFTMAX -> {
        INDArray z = Dl4jArrays.normal(1, c.size(0), Cases.CLASSES);
        yield call(() -> Nd4j.nn().softmax(z, 1));
      }
      case CROSS_ENTROPY -> {
        INDArray z = Dl4jArrays.normal(1, c.size(0), Cases.CLASSES);
        INDArray y = labels(c);
        LossMCXENT loss = new LossMCXENT();
        ActivationSoftmax softmax = new ActivationSoftmax();
        yield call(() -> loss.computeScoreArray(y, z, softmax, null));
      }
      case CROSS_ENTROPY_GRAD -> {
        INDArray z = Dl4jArrays.normal(1, c.size(0), Cases.CLASSES);
        INDArray y = labels(c);
        LossMCXENT loss = new LossMCXENT();
        ActivationSoftmax softmax = new ActivationSoftmax();
        // The score is the batch's mean, the gradient that of its sum.
        yield call(
            () ->
                loss.computeGradientAndScore(y, z, softmax, null, true)
                    .getSecond()
                    .divi(c.size(0)));
      }
      case ADD -> {
        INDArray a = Dl4jArrays.normal(1, c.size(0));
        INDArray b = Dl4jArrays.normal(2, c.size(0));
        yield call(() -> a.add(b));
      }
      case RELU -> {
        INDArray a = Dl4jArrays.normal(1, c.size(0));
        yield call(() -> Nd4j.getExecutioner().exec(new RectifiedLinear(a, a.ulike())));
      }
      case EXP -> {
        INDArray a = Dl4jArrays.normal(1, c.size(0));
        yield call(() -> Nd4j.getExecutioner().exec(new Exp(a, a.ulike())));
      }
      case TANH -> {
        INDArray a = Dl4jArrays.normal(1, c.size(0));
        yield call(
            () ->
                Nd4j.exec(
                    DynamicCustomOp.builder("tanh").addInputs(a).addOutputs(a.ulike()).build())[0]);
      }
      case SUM -> {
        // Rows first: in one sum of 16 Mi numbers floats lose too much.
        int rows = 4096;
        INDArray a = Dl4jArrays.of(Inputs.shifted(1, c.size(0)), rows, c.size(0) / rows);
        yield call(() -> a.sum(1).sum());
      }
      case CHAIN -> {
        INDArray x = Nd4j.zeros(DataType.FLOAT, 1);
        INDArray one = Nd4j.ones(DataType.FLOAT, 1);
        yield call(() -> chain(x, one));
      }
      default -> throw new IllegalArgumentException(c.name());
    };
  }

  private static INDArray chain(INDArray x, INDArray one) {
    INDArray y = x.add(one);
    for (int i = 1; i < Cases.CHAIN; i++) {
      y = y.add(one);
    }
    return y;
  }

  private static INDArray labels(Case c) {
    return Dl4jArrays.oneHot(Inputs.labels(c.size(0), Cases.CLASSES), Cases.CLASSES);
  }

  /** Filters [out, in, rows, columns]; the order makes no difference in time. */
  private static INDArray filters(Case c) {
    return images(2, false, c.size(3), c.size(4), c.size(4), c.size(2));
  }

  private static Conv2DConfig convolution(Case c, boolean last) {
    int k = c.size(4);
    return Conv2DConfig.builder()
        .kH(k)
        .kW(k)
        .pH(k / 2)
        .pW(k / 2)
        .dataFormat(last ? Conv2DConfig.NHWC : Conv2DConfig.NCHW)
        .weightsFormat(WeightsFormat.OIYX)
        .paddingMode(PaddingMode.VALID)
        .build();
  }

  /**
   * A transposed convolution. The operation that is named after this gradient does not use oneDNN.
   */
  private static INDArray inputGradient(Case c, INDArray g, INDArray w, boolean last) {
    int k = c.size(4);
    // Filter, stride, padding, dilation; that the padding is meant, layout, order of the filters.
    int[] how = {k, k, 1, 1, k / 2, k / 2, 1, 1, 0, last ? 1 : 0, WeightsFormat.OIYX.ordinal()};
    return Nd4j.exec(
        DynamicCustomOp.builder("deconv2d").addInputs(g, w).addIntegerArguments(how).build())[0];
  }

  private static INDArray batchNorm(INDArray x, INDArray gamma, INDArray beta, boolean last) {
    int[] all = last ? new int[] {0, 1, 2} : new int[] {0, 2, 3};
    INDArray[] moments = Nd4j.math().moments(x, all, false);
    return Nd4j.nn().batchNorm(x, moments[0], moments[1], gamma, beta, 1e-5, last ? 3 : 1);
  }

  private static Job call(Supplier<INDArray> f) {
    return call(f, Dl4jArrays::floats);
  }

  private static Job call(Supplier<INDArray> f, Function<INDArray, float[]> values) {
    Dl4jArrays.Memory memory = new Dl4jArrays.Memory();
    return new Job() {
      @Override
      public void run() {
        try (MemoryWorkspace inner = memory.enter()) {
          f.get();
        }
      }

      @Override
      public List<float[]> results() {
        return List.of(memory.in(() -> values.apply(f.get())));
      }

      @Override
      public void close() {
        memory.close();
      }
    };
  }
}
