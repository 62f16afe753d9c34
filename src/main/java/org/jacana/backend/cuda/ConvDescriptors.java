package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.Dnn.check;

import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import org.jacana.DType;

/** cuDNN's descriptions of one convolution: NHWC images and OHWI filters. Freed by close. */
final class ConvDescriptors implements AutoCloseable {
  private cudnnTensorDescriptor x;
  private cudnnTensorDescriptor y;
  private cudnnFilterDescriptor w;
  private cudnnConvolutionDescriptor conv;

  ConvDescriptors(ConvGeometry g, DType t, int mathType) {
    boolean done = false;
    try {
      x = tensor(t, g.n(), g.h(), g.w(), g.c());
      y = tensor(t, g.n(), g.oh(), g.ow(), g.o());
      w = filter(g, t);
      conv = convolution(g, mathType);
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  private static cudnnTensorDescriptor tensor(DType t, int n, int h, int w, int c) {
    cudnnTensorDescriptor d = new cudnnTensorDescriptor();
    check(JCudnn.cudnnCreateTensorDescriptor(d), "cudnnCreateTensorDescriptor");
    int status =
        JCudnn.cudnnSetTensor4dDescriptor(
            d, cudnnTensorFormat.CUDNN_TENSOR_NHWC, Dnn.type(t), n, c, h, w);
    if (status != 0) {
      JCudnn.cudnnDestroyTensorDescriptor(d);
    }
    check(status, "cudnnSetTensor4dDescriptor");
    return d;
  }

  private static cudnnFilterDescriptor filter(ConvGeometry g, DType t) {
    cudnnFilterDescriptor d = new cudnnFilterDescriptor();
    check(JCudnn.cudnnCreateFilterDescriptor(d), "cudnnCreateFilterDescriptor");
    int status =
        JCudnn.cudnnSetFilter4dDescriptor(
            d,
            Dnn.type(t),
            cudnnTensorFormat.CUDNN_TENSOR_NHWC,
            g.o(),
            g.c() / g.groups(),
            g.kh(),
            g.kw());
    if (status != 0) {
      JCudnn.cudnnDestroyFilterDescriptor(d);
    }
    check(status, "cudnnSetFilter4dDescriptor");
    return d;
  }

  private static cudnnConvolutionDescriptor convolution(ConvGeometry g, int mathType) {
    cudnnConvolutionDescriptor d = new cudnnConvolutionDescriptor();
    check(JCudnn.cudnnCreateConvolutionDescriptor(d), "cudnnCreateConvolutionDescriptor");
    boolean done = false;
    try {
      check(
          JCudnn.cudnnSetConvolution2dDescriptor(
              d,
              g.top(),
              g.left(),
              g.strideH(),
              g.strideW(),
              g.dilationH(),
              g.dilationW(),
              cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
              cudnnDataType.CUDNN_DATA_FLOAT),
          "cudnnSetConvolution2dDescriptor");
      check(JCudnn.cudnnSetConvolutionGroupCount(d, g.groups()), "cudnnSetConvolutionGroupCount");
      check(JCudnn.cudnnSetConvolutionMathType(d, mathType), "cudnnSetConvolutionMathType");
      done = true;
    } finally {
      if (!done) {
        JCudnn.cudnnDestroyConvolutionDescriptor(d);
      }
    }
    return d;
  }

  cudnnTensorDescriptor x() {
    return x;
  }

  cudnnTensorDescriptor y() {
    return y;
  }

  cudnnFilterDescriptor w() {
    return w;
  }

  cudnnConvolutionDescriptor conv() {
    return conv;
  }

  /** Statuses are not looked at: nothing can be done about a descriptor that is not freed. */
  @Override
  public void close() {
    if (x != null) {
      JCudnn.cudnnDestroyTensorDescriptor(x);
    }
    if (y != null) {
      JCudnn.cudnnDestroyTensorDescriptor(y);
    }
    if (w != null) {
      JCudnn.cudnnDestroyFilterDescriptor(w);
    }
    if (conv != null) {
      JCudnn.cudnnDestroyConvolutionDescriptor(conv);
    }
  }
}
