package org.jacana.backend;

import java.nio.ByteBuffer;
import java.util.List;
import org.jacana.Device;

/**
 * Kernels over views. A kernel writes every element of the outputs it is given, takes inputs of any
 * layout, allocates nothing that outlives the call and knows of no graph. Shapes and types were
 * checked by the operation that calls. Outputs never share memory with inputs unless the method
 * says so.
 *
 * <p>The optional kernels at the end answer false for "I have no kernel for this case"; the
 * operation then runs its composite form.
 */
public interface Backend {
  Device device();

  /** One sentence about hardware and libraries, for a run's first line. */
  String description();

  /** Uninitialised memory with one reference. */
  Buffer allocate(long bytes);

  /** Copies the remaining bytes of {@code from} to a buffer, from byte {@code at}. */
  void upload(Buffer to, long at, ByteBuffer from);

  /** Fills the remaining bytes of {@code to} from a buffer, from byte {@code at}; waits. */
  void download(ByteBuffer to, Buffer from, long at);

  /** Waits until everything enqueued has run. */
  void synchronize();

  /** Bytes in buffers that were allocated and not yet released. */
  long liveBytes();

  /** The largest value {@link #liveBytes} has had. */
  long peakBytes();

  /** Lets {@link #peakBytes} begin anew, with what is live now. */
  void resetPeak();

  /**
   * Sets who hears of buffers from now on; null for nobody.
   *
   * @throws UnsupportedOperationException where buffers are not told of
   */
  default void listen(BufferListener listener) {
    throw new UnsupportedOperationException(
        device() + ": this device does not tell of its buffers; ask the cpu");
  }

  /** How many threads kernels may use; 1 where that has no meaning. */
  default int threads() {
    return 1;
  }

  /** Bounds the threads of kernels called from now on. */
  default void threads(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("threads: must be at least 1, got " + n);
    }
  }

  /** Whether results are the same bits whatever the number of threads. */
  default boolean deterministic() {
    return true;
  }

  /**
   * Asks for the same bits in every run on this device.
   *
   * @throws UnsupportedOperationException naming the operation, when that cannot be had
   */
  default void deterministic(boolean on) {}

  /** Whether products of F32 may be rounded to TF32. */
  default boolean tf32() {
    return false;
  }

  /**
   * Allows products of F32 to be rounded to TF32.
   *
   * @throws UnsupportedOperationException when this device has no such products
   */
  default void tf32(boolean on) {
    if (on) {
      throw new UnsupportedOperationException(
          device() + " has no TF32 products; use FP32, or an NVIDIA GPU from Ampere on");
    }
  }

  /** Whether this thread is recording a {@link Capture}: it can read nothing then. */
  default boolean capturing() {
    return false;
  }

  /** Whether reading a result makes the host wait for a device that works on its own. */
  default boolean asynchronous() {
    return false;
  }

  /**
   * Records the work that {@code step} asks for; tensors that were made before are as they were
   * afterwards. In host memory the kernels must be called on {@link org.jacana.Tensor#backend},
   * which hears of them.
   *
   * @throws IllegalStateException if the step reads a result, uploads, or waits
   */
  Capture capture(Runnable step);

  void fill(View out, double value);

  /** Copies with a cast; shapes are equal. Float to integer truncates, to BOOL asks x != 0. */
  void copy(View out, View x);

  /** out may be x itself. */
  void unary(UnaryKernel f, double p, double q, View out, View x);

  /** Shapes are equal (broadcast by strides); out may be one of the inputs. */
  void binary(BinaryKernel f, View out, View a, View b);

  void where(View out, View mask, View a, View b);

  /** {@code out} has x's rank; the reduced axes have extent 1 in it. */
  void reduce(Reduction f, View out, View x);

  /** The I32 position of the first largest (or smallest) element; NaN counts as both. */
  void argReduce(boolean largest, View out, View x, int axis);

  /**
   * I32 positions of the k largest (smallest) along the last axis, best first, ties by position.
   */
  void topK(boolean largest, View indices, View x);

  /** Running sums along an axis, from the end when {@code reverse}. */
  void cumSum(View out, View x, int axis, boolean reverse);

  /** Element i of the logical order is number {@code offset + i} of the stream of {@code seed}. */
  void random(Distribution d, View out, long seed, long offset);

  /** out[..., i, ...] = x[..., index[..., i, ...], ...]; index has out's shape. */
  void gather(View out, View x, View index, int axis);

  /** out[..., index[..., i, ...], ...] += x[..., i, ...]; index has x's shape. */
  void scatterAdd(View out, View index, View x, int axis);

  /** c = a b on the last two axes; leading axes are equal (broadcast by strides). */
  void matmul(View c, View a, View b);

  void conv(ConvSpec s, View y, View x, View w);

  void convGradInput(ConvSpec s, View dx, View dy, View w);

  void convGradWeight(ConvSpec s, View dw, View x, View dy);

  /**
   * {@code index} receives the position of the maximum in its unclipped window, row-major: U8, or
   * I32 for windows of more than 256 elements. The first maximum wins; NaN counts as one.
   */
  void maxPool(PoolSpec s, View y, View index, View x);

  /** dx = the elements of dy added where their maximum was. */
  void maxPoolGrad(PoolSpec s, View dx, View dy, View index);

  /** g = the elements of x where each window's maximum was (the transpose of maxPoolGrad). */
  void maxPoolGather(PoolSpec s, View g, View x, View index);

  void avgPool(PoolSpec s, View y, View x);

  void avgPoolGrad(PoolSpec s, View dx, View dy);

  // ---- optional ----

  /**
   * {@link #random} with seed and first number in device memory, so that a recorded draw gives new
   * numbers at every replay: {@code state} is I32 [4], the seed's and the offset's low and high
   * words; {@code offset} is added.
   */
  default boolean random(Distribution d, View out, View state, long offset) {
    return false;
  }

  /** Decompositions of matrices in this backend's memory; null where they go through the host. */
  default Lapack lapack() {
    return null;
  }

  /** Clocks, free memory and plain copies, for measuring; null where the host is the device. */
  default DeviceProbe probe() {
    return null;
  }

  /** y = relu?(x w^T + b): x [m,k], w [n,k], b [n] or null. */
  default boolean linear(View y, View x, View w, View b, boolean relu) {
    return false;
  }

  /** y = relu?(conv(x, w) + b); b [O] or null. */
  default boolean convBias(ConvSpec s, View y, View x, View w, View b, boolean relu) {
    return false;
  }

  /** dx += {@link #convGradInput}, for a contiguous dx; where false, dx is as it was. */
  default boolean convGradInputAdd(ConvSpec s, View dx, View dy, View w) {
    return false;
  }

  /** The filter's gradient, and the bias's [O], which is the sum of dy over its positions. */
  default boolean convGradWeightBias(ConvSpec s, View dw, View db, View x, View dy) {
    return false;
  }

  /** Softmax, or its logarithm, over the last axis. */
  default boolean softmax(boolean log, View y, View x) {
    return false;
  }

  /** The gradient of {@link #softmax} from its output. */
  default boolean softmaxGrad(boolean log, View dx, View dy, View y) {
    return false;
  }

  /** loss[i] = -log softmax(z)[i, label[i]]; z [n,k], labels I32 [n]. */
  default boolean crossEntropy(View loss, View z, View labels) {
    return false;
  }

  /** dz = dloss (softmax(z) - onehot(label)). */
  default boolean crossEntropyGrad(View dz, View dloss, View z, View labels) {
    return false;
  }

  /** Training batch norm over all axes but the last; mean and (biased) variance [C] are outputs. */
  default boolean batchNorm(
      View y, View mean, View variance, View x, View gamma, View beta, double epsilon) {
    return false;
  }

  /** The gradient of {@link #batchNorm}. */
  default boolean batchNormGrad(
      View dx,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    return false;
  }

  /** y = relu(batchNorm(x) + residual); the residual may be null. */
  default boolean batchNormRelu(
      View y,
      View mean,
      View variance,
      View x,
      View residual,
      View gamma,
      View beta,
      double epsilon) {
    return false;
  }

  /**
   * The gradient of {@link #batchNormRelu} from its output y; {@code dresidual}, null where there
   * was no residual, receives dy where y is positive.
   */
  default boolean batchNormReluGrad(
      View dx,
      View dresidual,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View y,
      View mean,
      View variance,
      View gamma,
      View beta,
      double epsilon) {
    return false;
  }

  /**
   * Whether {@link #batchNorm}, {@link #batchNormRelu} and their gradients take and give BF16
   * beside F32 statistics and parameters.
   */
  default boolean hasHalfBatchNorm() {
    return false;
  }

  /**
   * Whether {@link #matmul} and {@link #convGradWeightBias}, whose db may then be null, write F32
   * from operands of a half type, so that a parameter's gradient is not rounded to that.
   */
  default boolean hasWideGradients() {
    return false;
  }

  /** Whether there is {@link #layerNorm}; without it, the composite form is recorded. */
  default boolean hasLayerNorm() {
    return false;
  }

  /**
   * Layer norm over the last axis; gamma and beta are both [K] or both null. mean and inverse
   * (deviation) of each row are outputs: F64 where x is, else F32.
   */
  default boolean layerNorm(
      View y, View mean, View inverse, View x, View gamma, View beta, double epsilon) {
    return false;
  }

  /** The gradient of {@link #layerNorm}; dgamma and dbeta are null where gamma is. */
  default boolean layerNormGrad(
      View dx, View dgamma, View dbeta, View x, View dy, View mean, View inverse, View gamma) {
    return false;
  }

  /**
   * One pass of SGD (PyTorch's form): g += decay w; m = momentum m + (1-dampening) g, on the first
   * step m = g; w -= lr (nesterov ? g + momentum m : m). {@code m} is null without momentum. lr is
   * read from a one-element view.
   */
  default boolean sgd(
      View w,
      View g,
      View m,
      View lr,
      double momentum,
      double dampening,
      double decay,
      boolean nesterov,
      boolean first) {
    return false;
  }

  /**
   * One pass of Adam (Kingma and Ba 2015): {@code lr} is a one-element view, {@code corrections} an
   * F64 view of 1 - beta1^t and 1 - beta2^t at step t; {@code decay} is added to the gradient, or
   * shrinks the weight when {@code decoupled} (AdamW). Both views lie in device memory, so that a
   * recorded pass reads new values at each replay.
   */
  default boolean adam(
      View w,
      View g,
      View m,
      View v,
      View lr,
      View corrections,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      boolean decoupled) {
    return false;
  }

  /** A parameter with what an optimizer keeps of it; m and v are null where it has none. */
  record Slots(View w, View g, View m, View v) {}

  /** {@link #sgd} for many parameters at once; the same numbers. */
  default boolean sgdMany(
      List<Slots> parameters,
      View lr,
      double momentum,
      double dampening,
      double decay,
      boolean nesterov,
      boolean first) {
    return false;
  }

  /** {@link #adam} for many parameters at once; the same numbers. */
  default boolean adamMany(
      List<Slots> parameters,
      View lr,
      View corrections,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      boolean decoupled) {
    return false;
  }
}
