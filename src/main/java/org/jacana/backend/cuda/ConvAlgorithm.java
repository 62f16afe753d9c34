package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;

/**
 * A way in which cuDNN can compute a convolution.
 *
 * @param algorithm cuDNN's number of it, which means another one in each of the three convolutions
 * @param sameBits whether every run gives the same bits
 * @param mathType cudnnMathType
 */
record ConvAlgorithm(int algorithm, boolean sameBits, int mathType) {
  /** More than there are algorithms times math types. */
  private static final int MOST = 24;

  /** Where the operands of a convolution lie. */
  record Operands(Pointer x, Pointer w, Pointer y) {}

  private static void add(
      List<ConvAlgorithm> out, ConvKind kind, int algorithm, int status, int bits, int mathType) {
    if (status == 0) {
      boolean same = bits == cudnnDeterminism.CUDNN_DETERMINISTIC && kind.deterministic(algorithm);
      out.add(new ConvAlgorithm(algorithm, same, mathType));
    }
  }

  private static void check(int status, String call) {
    // No algorithm is an empty list, and not an error.
    if (!Dnn.refused(status)) {
      Dnn.check(status, call);
    }
  }

  /**
   * What cuDNN offers, best first: by its heuristics, or, where {@code at} and a workspace are
   * given, by running each, which overwrites the result.
   */
  static List<ConvAlgorithm> list(
      Dnn dnn, ConvKind kind, ConvDescriptors d, Operands at, Pointer workspace, long bytes) {
    List<ConvAlgorithm> out = new ArrayList<>();
    int[] count = new int[1];
    switch (kind) {
      case FORWARD -> {
        cudnnConvolutionFwdAlgoPerf[] found =
            IntStream.range(0, MOST)
                .mapToObj(i -> new cudnnConvolutionFwdAlgoPerf())
                .toArray(cudnnConvolutionFwdAlgoPerf[]::new);
        if (at == null) {
          check(
              JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                  dnn.handle(), d.x(), d.w(), d.conv(), d.y(), MOST, count, found),
              "cudnnGetConvolutionForwardAlgorithm_v7");
        } else {
          check(
              JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
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
                  workspace,
                  bytes),
              "cudnnFindConvolutionForwardAlgorithmEx");
        }
        for (int i = 0; i < count[0]; i++) {
          var f = found[i];
          add(out, kind, f.algo, f.status, f.determinism, f.mathType);
        }
      }
      case GRAD_INPUT -> {
        cudnnConvolutionBwdDataAlgoPerf[] found =
            IntStream.range(0, MOST)
                .mapToObj(i -> new cudnnConvolutionBwdDataAlgoPerf())
                .toArray(cudnnConvolutionBwdDataAlgoPerf[]::new);
        if (at == null) {
          check(
              JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                  dnn.handle(), d.w(), d.y(), d.conv(), d.x(), MOST, count, found),
              "cudnnGetConvolutionBackwardDataAlgorithm_v7");
        } else {
          check(
              JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
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
                  workspace,
                  bytes),
              "cudnnFindConvolutionBackwardDataAlgorithmEx");
        }
        for (int i = 0; i < count[0]; i++) {
          var f = found[i];
          add(out, kind, f.algo, f.status, f.determinism, f.mathType);
        }
      }
      case GRAD_WEIGHT -> {
        cudnnConvolutionBwdFilterAlgoPerf[] found =
            IntStream.range(0, MOST)
                .mapToObj(i -> new cudnnConvolutionBwdFilterAlgoPerf())
                .toArray(cudnnConvolutionBwdFilterAlgoPerf[]::new);
        if (at == null) {
          check(
              JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                  dnn.handle(), d.x(), d.y(), d.conv(), d.w(), MOST, count, found),
              "cudnnGetConvolutionBackwardFilterAlgorithm_v7");
        } else {
          check(
              JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
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
                  workspace,
                  bytes),
              "cudnnFindConvolutionBackwardFilterAlgorithmEx");
        }
        for (int i = 0; i < count[0]; i++) {
          var f = found[i];
          add(out, kind, f.algo, f.status, f.determinism, f.mathType);
        }
      }
    }
    return out;
  }

  /** The bytes of workspace it needs, or -1 where cuDNN does not have it for this case. */
  long workspace(Dnn dnn, ConvKind kind, ConvDescriptors d) {
    long[] bytes = new long[1];
    int status =
        switch (kind) {
          case FORWARD ->
              JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                  dnn.handle(), d.x(), d.w(), d.conv(), d.y(), algorithm, bytes);
          case GRAD_INPUT ->
              JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                  dnn.handle(), d.w(), d.y(), d.conv(), d.x(), algorithm, bytes);
          case GRAD_WEIGHT ->
              JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                  dnn.handle(), d.x(), d.y(), d.conv(), d.w(), algorithm, bytes);
        };
    if (Dnn.refused(status)) {
      return -1;
    }
    Dnn.check(status, "cudnnGetConvolution" + name(kind) + "WorkspaceSize");
    return bytes[0];
  }

  /** Runs it; false where cuDNN does not have it for this case after all. */
  boolean run(
      Dnn dnn, ConvKind kind, ConvDescriptors d, Operands at, Pointer workspace, long bytes) {
    int status =
        switch (kind) {
          case FORWARD ->
              JCudnn.cudnnConvolutionForward(
                  dnn.handle(),
                  dnn.one(),
                  d.x(),
                  at.x(),
                  d.w(),
                  at.w(),
                  d.conv(),
                  algorithm,
                  workspace,
                  bytes,
                  dnn.zero(),
                  d.y(),
                  at.y());
          case GRAD_INPUT ->
              JCudnn.cudnnConvolutionBackwardData(
                  dnn.handle(),
                  dnn.one(),
                  d.w(),
                  at.w(),
                  d.y(),
                  at.y(),
                  d.conv(),
                  algorithm,
                  workspace,
                  bytes,
                  dnn.zero(),
                  d.x(),
                  at.x());
          case GRAD_WEIGHT ->
              JCudnn.cudnnConvolutionBackwardFilter(
                  dnn.handle(),
                  dnn.one(),
                  d.x(),
                  at.x(),
                  d.y(),
                  at.y(),
                  d.conv(),
                  algorithm,
                  workspace,
                  bytes,
                  dnn.zero(),
                  d.w(),
                  at.w());
        };
    if (Dnn.refused(status)) {
      return false;
    }
    Dnn.check(status, "cudnnConvolution" + name(kind));
    dnn.gpu().settle("cudnnConvolution" + name(kind));
    return true;
  }

  private static String name(ConvKind kind) {
    return switch (kind) {
      case FORWARD -> "Forward";
      case GRAD_INPUT -> "BackwardData";
      case GRAD_WEIGHT -> "BackwardFilter";
    };
  }
}
