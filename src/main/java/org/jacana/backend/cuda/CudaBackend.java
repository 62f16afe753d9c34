package org.jacana.backend.cuda;

import java.nio.ByteBuffer;
import java.util.List;
import org.jacana.Device;
import org.jacana.backend.Backend;
import org.jacana.backend.BinaryKernel;
import org.jacana.backend.Buffer;
import org.jacana.backend.Capture;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.CudaReport;
import org.jacana.backend.DeviceProbe;
import org.jacana.backend.Distribution;
import org.jacana.backend.PoolSpec;
import org.jacana.backend.Reduction;
import org.jacana.backend.UnaryKernel;
import org.jacana.backend.View;

/**
 * An NVIDIA GPU: cuBLAS for products, cuDNN for convolutions, own kernels for everything else, all
 * on one stream. Kernels are enqueued; only downloads and {@link #synchronize} wait.
 */
public final class CudaBackend implements Backend {
  private final Gpu gpu;
  private final Transfers transfers;
  private final Copies copies;
  private final Pointwise pointwise;
  private final Reductions reductions;
  private final Ranking ranking;
  private final Rows rows;
  private final Norms norms;
  private final LayerNorms layerNorms;
  private final Indexing indexing;
  private final Random random;
  private final Pooling pooling;
  private final Updates updates;
  private final UpdatesOfMany updatesOfMany;
  private final FlatUpdates flatUpdates;
  private final ImageGather imageGather;
  private final Products products;
  private final Convolutions convolutions;
  private final Probe probe;

  /**
   * @throws UnsupportedOperationException with the reason when that GPU cannot be used here
   */
  public CudaBackend(int index) {
    Libraries.requireDriver();
    gpu = new Gpu(index);
    transfers = new Transfers(gpu);
    copies = new Copies(gpu);
    pointwise = new Pointwise(gpu);
    reductions = new Reductions(gpu);
    ranking = new Ranking(gpu);
    rows = new Rows(gpu);
    norms = new Norms(gpu);
    layerNorms = new LayerNorms(gpu);
    indexing = new Indexing(gpu);
    random = new Random(gpu);
    pooling = new Pooling(gpu);
    updates = new Updates(gpu);
    updatesOfMany = new UpdatesOfMany(gpu);
    flatUpdates = new FlatUpdates(gpu, transfers);
    imageGather = new ImageGather(gpu);
    products = new Products(gpu);
    convolutions = new Convolutions(gpu);
    probe = new Probe(gpu, transfers);
  }

  /** Why a model cannot be trained on a GPU here, in one sentence; null where it can. */
  public static String whyNoTraining() {
    return Libraries.whyNoTraining();
  }

  /** What a GPU run depends on, and what of it is here. */
  public static CudaReport report() {
    return Examination.report();
  }

  Gpu gpu() {
    return gpu;
  }

  /** Why no GPU can be used here, in one sentence; null where one can. */
  public static String whyNot() {
    return Libraries.whyNoDriver();
  }

  @Override
  public Device device() {
    return Device.cuda(gpu.context().index());
  }

  @Override
  public String description() {
    Context c = gpu.context();
    return c.name()
        + ", "
        + c.memory() / (1 << 20)
        + " MiB, compute capability "
        + c.capability() / 10
        + "."
        + c.capability() % 10;
  }

  @Override
  public boolean deterministic() {
    return gpu.deterministic();
  }

  @Override
  public void deterministic(boolean on) {
    gpu.deterministic(on);
  }

  @Override
  public Buffer allocate(long bytes) {
    return gpu.memory().allocate(bytes);
  }

  @Override
  public void upload(Buffer to, long at, ByteBuffer from) {
    transfers.upload((CudaBuffer) to, at, from);
  }

  @Override
  public void download(ByteBuffer to, Buffer from, long at) {
    transfers.download(to, (CudaBuffer) from, at);
  }

  @Override
  public void synchronize() {
    gpu.requireNotCapturing("synchronize", "nothing has run yet; wait after replay()");
    gpu.lock().lock();
    try {
      gpu.context().synchronize();
    } finally {
      gpu.lock().unlock();
    }
  }

  @Override
  public boolean tf32() {
    return gpu.allowTf32();
  }

  @Override
  public void tf32(boolean on) {
    if (on && gpu.context().capability() < 80) {
      throw new UnsupportedOperationException(
          gpu.context().name() + " has no TF32 products (compute capability 8.0); use FP32");
    }
    gpu.allowTf32(on);
  }

  @Override
  public boolean asynchronous() {
    return true;
  }

  @Override
  public boolean capturing() {
    return gpu.capturing();
  }

  @Override
  public Capture capture(Runnable step) {
    return Graph.record(gpu, step);
  }

  @Override
  public DeviceProbe probe() {
    return probe;
  }

  @Override
  public long liveBytes() {
    return gpu.memory().liveBytes();
  }

  @Override
  public long peakBytes() {
    return gpu.memory().peakBytes();
  }

  @Override
  public void resetPeak() {
    gpu.memory().resetPeak();
  }

  @Override
  public void fill(View out, double value) {
    copies.fill(out, value);
  }

  @Override
  public void copy(View out, View x) {
    copies.copy(out, x);
  }

  @Override
  public void unary(UnaryKernel f, double p, double q, View out, View x) {
    pointwise.unary(f, p, q, out, x);
  }

  @Override
  public void binary(BinaryKernel f, View out, View a, View b) {
    pointwise.binary(f, out, a, b);
  }

  @Override
  public void where(View out, View mask, View a, View b) {
    pointwise.where(out, mask, a, b);
  }

  @Override
  public void reduce(Reduction f, View out, View x) {
    reductions.reduce(f, out, x);
  }

  @Override
  public void argReduce(boolean largest, View out, View x, int axis) {
    ranking.argReduce(largest, out, x, axis);
  }

  @Override
  public void topK(boolean largest, View indices, View x) {
    ranking.topK(largest, indices, x);
  }

  @Override
  public void cumSum(View out, View x, int axis, boolean reverse) {
    ranking.cumSum(out, x, axis, reverse);
  }

  @Override
  public boolean softmax(boolean log, View y, View x) {
    return rows.softmax(log, y, x);
  }

  @Override
  public boolean softmaxGrad(boolean log, View dx, View dy, View y) {
    return rows.softmaxGrad(log, dx, dy, y);
  }

  @Override
  public boolean crossEntropy(View loss, View z, View labels) {
    return rows.crossEntropy(loss, z, labels);
  }

  @Override
  public boolean crossEntropyGrad(View dz, View dloss, View z, View labels) {
    return rows.crossEntropyGrad(dz, dloss, z, labels);
  }

  @Override
  public boolean batchNorm(
      View y, View mean, View variance, View x, View gamma, View beta, double epsilon) {
    return norms.batchNorm(y, mean, variance, x, gamma, beta, epsilon);
  }

  @Override
  public boolean batchNormGrad(
      View dx,
      View dgamma,
      View dbeta,
      View x,
      View dy,
      View mean,
      View variance,
      View gamma,
      double epsilon) {
    return norms.batchNormGrad(dx, dgamma, dbeta, x, dy, mean, variance, gamma, epsilon);
  }

  @Override
  public boolean batchNormRelu(
      View y,
      View mean,
      View variance,
      View x,
      View residual,
      View gamma,
      View beta,
      double epsilon) {
    return norms.batchNormRelu(y, mean, variance, x, residual, gamma, beta, epsilon);
  }

  @Override
  public boolean batchNormReluGrad(
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
    return norms.batchNormReluGrad(
        dx, dresidual, dgamma, dbeta, x, dy, y, mean, variance, gamma, epsilon);
  }

  @Override
  public boolean hasLayerNorm() {
    return true;
  }

  @Override
  public boolean layerNorm(
      View y, View mean, View inverse, View x, View gamma, View beta, double epsilon) {
    return layerNorms.layerNorm(y, mean, inverse, x, gamma, beta, epsilon);
  }

  @Override
  public boolean layerNormGrad(
      View dx, View dgamma, View dbeta, View x, View dy, View mean, View inverse, View gamma) {
    return layerNorms.layerNormGrad(dx, dgamma, dbeta, x, dy, mean, inverse, gamma);
  }

  @Override
  public void gather(View out, View x, View index, int axis) {
    indexing.gather(out, x, index, axis);
  }

  @Override
  public void scatterAdd(View out, View index, View x, int axis) {
    indexing.scatterAdd(out, index, x, axis);
  }

  @Override
  public void random(Distribution d, View out, long seed, long offset) {
    random.random(d, out, seed, offset);
  }

  @Override
  public boolean random(Distribution d, View out, View state, long offset) {
    random.random(d, out, state, offset);
    return true;
  }

  @Override
  public void maxPool(PoolSpec s, View y, View index, View x) {
    pooling.maxPool(s, y, index, x);
  }

  @Override
  public void maxPoolGrad(PoolSpec s, View dx, View dy, View index) {
    pooling.maxPoolGrad(s, dx, dy, index);
  }

  @Override
  public void maxPoolGather(PoolSpec s, View g, View x, View index) {
    pooling.maxPoolGather(s, g, x, index);
  }

  @Override
  public void avgPool(PoolSpec s, View y, View x) {
    pooling.avgPool(s, y, x);
  }

  @Override
  public void avgPoolGrad(PoolSpec s, View dx, View dy) {
    pooling.avgPoolGrad(s, dx, dy);
  }

  @Override
  public boolean sgd(
      View w,
      View g,
      View m,
      View lr,
      double momentum,
      double dampening,
      double decay,
      boolean nesterov,
      boolean first) {
    return updates.sgd(w, g, m, lr, momentum, dampening, decay, nesterov, first);
  }

  @Override
  public boolean adam(
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
    return updates.adam(w, g, m, v, lr, corrections, beta1, beta2, epsilon, decay, decoupled);
  }

  /** One launch for the parameters of a model. */
  FlatUpdates flatUpdates() {
    return flatUpdates;
  }

  /** Batches from images in device memory. */
  ImageGather imageGather() {
    return imageGather;
  }

  @Override
  public boolean sgdMany(
      List<Slots> parameters,
      View lr,
      double momentum,
      double dampening,
      double decay,
      boolean nesterov,
      boolean first) {
    return updatesOfMany.sgd(parameters, lr, momentum, dampening, decay, nesterov, first);
  }

  @Override
  public boolean adamMany(
      List<Slots> parameters,
      View lr,
      View corrections,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      boolean decoupled) {
    return updatesOfMany.adam(parameters, lr, corrections, beta1, beta2, epsilon, decay, decoupled);
  }

  @Override
  public void matmul(View c, View a, View b) {
    products.matmul(c, a, b);
  }

  @Override
  public boolean linear(View y, View x, View w, View b, boolean relu) {
    return products.linear(y, x, w, b, relu);
  }

  Convolutions convolutions() {
    return convolutions;
  }

  @Override
  public void conv(ConvSpec s, View y, View x, View w) {
    convolutions.conv(s, y, x, w);
  }

  @Override
  public void convGradInput(ConvSpec s, View dx, View dy, View w) {
    convolutions.convGradInput(s, dx, dy, w);
  }

  @Override
  public void convGradWeight(ConvSpec s, View dw, View x, View dy) {
    convolutions.convGradWeight(s, dw, x, dy);
  }

  @Override
  public boolean convBias(ConvSpec s, View y, View x, View w, View b, boolean relu) {
    return convolutions.convBias(s, y, x, w, b, relu);
  }

  @Override
  public boolean convGradWeightBias(ConvSpec s, View dw, View db, View x, View dy) {
    return convolutions.convGradWeightBias(s, dw, db, x, dy);
  }
}
