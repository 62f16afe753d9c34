package org.jacana.backend.cuda;

import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;

/**
 * A way in which cuDNN can compute a convolution.
 *
 * @param algorithm cuDNN's number of it, which means another one in each of the three convolutions
 * @param sameBits whether every run gives the same bits
 * @param mathType cudnnMathType
 */
record ConvAlgorithm(int algorithm, boolean sameBits, int mathType) {
  /** Where the operands of a convolution lie. */
  record Operands(Pointer x, Pointer w, Pointer y) {}

  /** A workspace. */
  record Space(Pointer at, long bytes) {
    static final Space NONE = new Space(new Pointer(), 0);
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
  boolean run(Dnn dnn, ConvKind kind, ConvDescriptors d, Operands at, Space space) {
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
                  space.at(),
                  space.bytes(),
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
                  space.at(),
                  space.bytes(),
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
                  space.at(),
                  space.bytes(),
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
