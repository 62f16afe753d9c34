package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;

/** The algorithms that cuDNN offers for a convolution, best first. */
final class ConvOffers {
  /** More than there are algorithms times math types. */
  private static final int MOST = 24;

  private ConvOffers() {}

  private static void add(
      List<ConvAlgorithm> out, ConvKind kind, int algorithm, int status, int bits, int mathType) {
    if (status == 0) {
      boolean same = bits == cudnnDeterminism.CUDNN_DETERMINISTIC && kind.deterministic(algorithm);
      out.add(new ConvAlgorithm(algorithm, same, mathType));
    }
  }

  /**
   * The algorithms that take rows of channels, for when cuDNN does not rank them; each is asked
   * about before it is used.
   */
  private static List<ConvAlgorithm> known(ConvKind kind, int mathType) {
    int[] order =
        switch (kind) {
          case FORWARD -> new int[] {1, 0, 2};
          case GRAD_INPUT -> new int[] {1, 0};
          case GRAD_WEIGHT -> new int[] {1, 0, 3};
        };
    return Arrays.stream(order)
        .mapToObj(i -> new ConvAlgorithm(i, kind.deterministic(i), mathType))
        .toList();
  }

  /**
   * What cuDNN offers, best first: by its heuristics, or, where {@code at} and {@code space} are
   * given, by running each, which overwrites the result. Where it says nothing, what is known.
   */
  static List<ConvAlgorithm> list(
      Dnn dnn,
      ConvKind kind,
      ConvDescriptors d,
      int mathType,
      ConvAlgorithm.Operands at,
      ConvAlgorithm.Space space) {
    List<ConvAlgorithm> out = new ArrayList<>();
    try {
      if (ask(dnn, kind, d, at, space, out) == 0) {
        return out;
      }
    } catch (ArrayIndexOutOfBoundsException e) {
      // JCuda reads a count that cuDNN leaves unset when it fails. The status is lost with it.
      return known(kind, mathType);
    }
    return known(kind, mathType);
  }

  private static int ask(
      Dnn dnn,
      ConvKind kind,
      ConvDescriptors d,
      ConvAlgorithm.Operands at,
      ConvAlgorithm.Space space,
      List<ConvAlgorithm> out) {
    return switch (kind) {
      case FORWARD -> forward(dnn, d, at, space, out);
      case GRAD_INPUT -> gradInput(dnn, d, at, space, out);
      case GRAD_WEIGHT -> gradWeight(dnn, d, at, space, out);
    };
  }

  private static int forward(
      Dnn dnn,
      ConvDescriptors d,
      ConvAlgorithm.Operands at,
      ConvAlgorithm.Space space,
      List<ConvAlgorithm> out) {
    cudnnConvolutionFwdAlgoPerf[] found =
        IntStream.range(0, MOST)
            .mapToObj(i -> new cudnnConvolutionFwdAlgoPerf())
            .toArray(cudnnConvolutionFwdAlgoPerf[]::new);
    int[] count = new int[1];
    int status =
        at == null
            ? JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                dnn.handle(), d.x(), d.w(), d.conv(), d.y(), MOST, count, found)
            : JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
                dnn.handle(),
                d.x(),
                at.x(),
                d.w(),
                at.w(),
                d.conv(),
                d.y(),
                at.y(),
                MOST,
                count,
                found,
                space.at(),
                space.bytes());
    for (int i = 0; status == 0 && i < count[0]; i++) {
      var f = found[i];
      add(out, ConvKind.FORWARD, f.algo, f.status, f.determinism, f.mathType);
    }
    return status;
  }

  private static int gradInput(
      Dnn dnn,
      ConvDescriptors d,
      ConvAlgorithm.Operands at,
      ConvAlgorithm.Space space,
      List<ConvAlgorithm> out) {
    cudnnConvolutionBwdDataAlgoPerf[] found =
        IntStream.range(0, MOST)
            .mapToObj(i -> new cudnnConvolutionBwdDataAlgoPerf())
            .toArray(cudnnConvolutionBwdDataAlgoPerf[]::new);
    int[] count = new int[1];
    int status =
        at == null
            ? JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                dnn.handle(), d.w(), d.y(), d.conv(), d.x(), MOST, count, found)
            : JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
                dnn.handle(),
                d.w(),
                at.w(),
                d.y(),
                at.y(),
                d.conv(),
                d.x(),
                at.x(),
                MOST,
                count,
                found,
                space.at(),
                space.bytes());
    for (int i = 0; status == 0 && i < count[0]; i++) {
      var f = found[i];
      add(out, ConvKind.GRAD_INPUT, f.algo, f.status, f.determinism, f.mathType);
    }
    return status;
  }

  private static int gradWeight(
      Dnn dnn,
      ConvDescriptors d,
      ConvAlgorithm.Operands at,
      ConvAlgorithm.Space space,
      List<ConvAlgorithm> out) {
    cudnnConvolutionBwdFilterAlgoPerf[] found =
        IntStream.range(0, MOST)
            .mapToObj(i -> new cudnnConvolutionBwdFilterAlgoPerf())
            .toArray(cudnnConvolutionBwdFilterAlgoPerf[]::new);
    int[] count = new int[1];
    int status =
        at == null
            ? JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                dnn.handle(), d.x(), d.y(), d.conv(), d.w(), MOST, count, found)
            : JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
                dnn.handle(),
                d.x(),
                at.x(),
                d.y(),
                at.y(),
                d.conv(),
                d.w(),
                at.w(),
                MOST,
                count,
                found,
                space.at(),
                space.bytes());
    for (int i = 0; status == 0 && i < count[0]; i++) {
      var f = found[i];
      add(out, ConvKind.GRAD_WEIGHT, f.algo, f.status, f.determinism, f.mathType);
    }
    return status;
  }
}
