package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnMathType;
import org.jacana.DType;

/**
 * One convolution of given extents as cuDNN computes it: its descriptors and the algorithm, chosen
 * once. The caller holds the GPU's lock.
 */
final class ConvPlan implements AutoCloseable {
  /** Property: whether algorithms are timed, and not only taken as cuDNN ranks them. */
  static final String SEARCH = "jacana.cuda.search";

  private static final long MOST_WORKSPACE = 1L << 30;

  /** What a plan is made for. */
  record Key(ConvKind kind, ConvGeometry g, DType t, boolean sameBits, boolean tf32) {}

  /** An algorithm that fits, with the workspace that it asked for. */
  private record Choice(ConvAlgorithm algorithm, int mathType, long workspace) {}

  private final Dnn dnn;
  private final Key key;
  private final ConvDescriptors d;
  private final List<Choice> choices;

  ConvPlan(Dnn dnn, Key key, ConvAlgorithm.Operands at) {
    this.dnn = dnn;
    this.key = key;
    d = new ConvDescriptors(key.g, key.t, mathType(key));
    boolean done = false;
    try {
      choices = choose(at);
      apply();
      done = true;
    } finally {
      if (!done) {
        d.close();
      }
    }
  }

  /** Plain float32 needs FMA: by default cuDNN rounds to TF32. */
  private static int mathType(Key key) {
    if (key.t != DType.F32) {
      return cudnnMathType.CUDNN_TENSOR_OP_MATH;
    }
    return key.tf32 ? cudnnMathType.CUDNN_DEFAULT_MATH : cudnnMathType.CUDNN_FMA_MATH;
  }

  private List<Choice> choose(ConvAlgorithm.Operands at) {
    long most = Math.min(MOST_WORKSPACE, dnn.gpu().context().memory() / 16);
    List<ConvAlgorithm> offered;
    // A capture cannot wait for what it times.
    if (Boolean.getBoolean(SEARCH) && !dnn.gpu().capturing()) {
      long bytes = Math.min(most, 256L << 20);
      try (Scratch s = dnn.gpu().scratch(bytes)) {
        offered =
            ConvOffers.list(
                dnn, key.kind, d, mathType(key), at, new ConvAlgorithm.Space(s.pointer(), bytes));
      }
    } else {
      offered = ConvOffers.list(dnn, key.kind, d, mathType(key), null, null);
    }
    List<Choice> out = new ArrayList<>();
    for (ConvAlgorithm a : offered) {
      if (key.sameBits && !a.sameBits()) {
        continue;
      }
      // An offer for F32 names FMA as the default math, which would allow TF32 when set.
      int math = mathType(key);
      if (math != cudnnMathType.CUDNN_FMA_MATH) {
        math = a.mathType();
        Dnn.check(
            JCudnn.cudnnSetConvolutionMathType(d.conv(), math), "cudnnSetConvolutionMathType");
      }
      long workspace = a.workspace(dnn, key.kind, d);
      if (workspace >= 0 && workspace <= most) {
        out.add(new Choice(a, math, workspace));
      }
    }
    return out;
  }

  private void apply() {
    if (!choices.isEmpty()) {
      Dnn.check(
          JCudnn.cudnnSetConvolutionMathType(d.conv(), choices.get(0).mathType),
          "cudnnSetConvolutionMathType");
    }
  }

  /** Runs the best algorithm that cuDNN has for this; false where it has none. */
  boolean run(ConvAlgorithm.Operands at) {
    while (!choices.isEmpty()) {
      Choice c = choices.get(0);
      if (c.workspace == 0) {
        if (c.algorithm.run(dnn, key.kind, d, at, ConvAlgorithm.Space.NONE)) {
          return true;
        }
      } else {
        try (Scratch s = dnn.gpu().scratch(c.workspace)) {
          if (c.algorithm.run(
              dnn, key.kind, d, at, new ConvAlgorithm.Space(s.pointer(), c.workspace))) {
            return true;
          }
        }
      }
      choices.remove(0);
      apply();
    }
    return false;
  }

  /** The number of the algorithm in use, or -1 where cuDNN has none. */
  int algorithm() {
    return choices.isEmpty() ? -1 : choices.get(0).algorithm.algorithm();
  }

  @Override
  public void close() {
    d.close();
  }
}
