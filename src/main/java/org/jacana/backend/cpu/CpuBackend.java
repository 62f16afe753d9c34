package org.jacana.backend.cpu;

import org.jacana.DType;
import org.jacana.Device;
import org.jacana.backend.BinaryKernel;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.Lapack;
import org.jacana.backend.PoolSpec;
import org.jacana.backend.Reduction;
import org.jacana.backend.UnaryKernel;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.HostMemory;
import org.jacana.backend.reference.PlainLapack;
import org.jacana.backend.reference.ReferenceBackend;
import org.jacana.backend.reference.Tiles;

/**
 * The host's processor: oneDNN for float32 products, convolutions, pooling and norms, plain Java on
 * several threads for everything else, and for everything where oneDNN cannot load.
 */
public final class CpuBackend extends ReferenceBackend {
  private final Workers workers;
  private final boolean natives;
  private final Split split;
  private final Elementwise elementwise;

  public CpuBackend() {
    this(new Workers(Runtime.getRuntime().availableProcessors()));
  }

  private CpuBackend(Workers workers) {
    super(Native.available() ? new CpuMemory() : new HostMemory(), workers);
    this.workers = workers;
    this.split = new Split(workers);
    this.natives = Native.available();
    this.elementwise = new Elementwise(workers, split, natives);
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public String description() {
    int n = workers.threads();
    return n
        + (n == 1 ? " thread, " : " threads, ")
        + (natives ? "oneDNN" : "plain Java, because " + Native.reason());
  }

  @Override
  public int threads() {
    return workers.threads();
  }

  @Override
  public void threads(int n) {
    if (n < 1 || n > 1024) {
      throw new IllegalArgumentException("threads: must be between 1 and 1024, got " + n);
    }
    workers.threads(n);
  }

  private static boolean f32(View... views) {
    for (View v : views) {
      if (v != null && v.dtype() != DType.F32) {
        return false;
      }
    }
    return true;
  }

  /** Whether oneDNN takes these: F32, and not empty. */
  private boolean oneDnn(View... views) {
    if (!natives || !f32(views)) {
      return false;
    }
    for (View v : views) {
      if (v != null && v.size() == 0) {
        return false;
      }
    }
    return true;
  }

  // ---- pointwise ----

  @Override
  public void fill(View out, double value) {
    if (out.dtype() == DType.F32) {
      FloatPointwise.fill(workers, out, (float) value);
    } else {
      super.fill(out, value);
    }
  }

  @Override
  public void copy(View out, View x) {
    if (!elementwise.copy(out, x)) {
      super.copy(out, x);
    }
  }

  @Override
  public void unary(UnaryKernel f, double p, double q, View out, View x) {
    if (!elementwise.unary(f, p, q, out, x)) {
      super.unary(f, p, q, out, x);
    }
  }

  @Override
  public void binary(BinaryKernel f, View out, View a, View b) {
    if (!elementwise.binary(f, out, a, b)) {
      super.binary(f, out, a, b);
    }
  }

  @Override
  public void reduce(Reduction f, View out, View x) {
    if (f != Reduction.SUM || !f32(out, x) || !FloatSums.run(workers, out, x)) {
      super.reduce(f, out, x);
    }
  }

  // ---- products ----

  private static long address(View v) {
    return Operands.address(v);
  }

  @Override
  public void matmul(View c, View a, View b) {
    if (c.size() > 0 && oneDnn(c, a, b) && matmul(c, a, b, null)) {
      return;
    }
    if (WideMatmul.takes(c, a)) {
      WideMatmul.run(this, workers, c, a, b);
      return;
    }
    super.matmul(c, a, b);
  }

  private boolean matmul(View c, View a, View b, View bias) {
    int rank = c.layout().rank();
    if (rank > 4) {
      boolean all = true;
      for (int i = 0; i < c.layout().dim(0) && all; i++) {
        all = matmul(part(c, i), part(a, i), part(b, i), bias);
      }
      return all;
    }
    try (Operands operands = new Operands(this)) {
      View x = operands.unitStride(a);
      View y = operands.unitStride(b);
      View shift = bias == null ? null : operands.dense(bias);
      MatmulShape s = Operands.matmul(c, x, y);
      long to = address(c);
      long from = address(x);
      long by = address(y);
      long plus = shift == null ? 0 : address(shift);
      return split.matmul(to, from, by, plus, s);
    }
  }

  private static View part(View v, int i) {
    return v.with(v.layout().select(0, i));
  }

  @Override
  public Lapack lapack() {
    return OpenBlas.available()
        ? new OpenBlas(workers)
        : new PlainLapack("plain Java, because " + OpenBlas.reason());
  }

  @Override
  public boolean linear(View y, View x, View w, View b, boolean relu) {
    if (!oneDnn(y, x, w, b) || relu && !y.layout().isContiguous()) {
      return false;
    }
    return matmul(y, x, w.with(w.layout().permute(1, 0)), b)
        && (!relu || split.relu(address(y), address(y), y.size()));
  }

  @Override
  public void conv(ConvSpec s, View y, View x, View w) {
    if (!convBias(s, y, x, w, null, false)) {
      super.conv(s, y, x, w);
    }
  }

  @Override
  public boolean convBias(ConvSpec s, View y, View x, View w, View b, boolean relu) {
    if (!oneDnn(y, x, w, b)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View xs = operands.dense(x);
      View ws = operands.dense(w);
      View bs = b == null ? null : operands.dense(b);
      ConvShape shape = Operands.conv(s, x.shape(), w.shape(), y.shape());
      long bias = bs == null ? 0 : address(bs);
      return split.conv(address(y), address(xs), address(ws), bias, shape, relu);
    }
  }

  @Override
  public void convGradInput(ConvSpec s, View dx, View dy, View w) {
    if (oneDnn(dx, dy, w)) {
      try (Operands operands = new Operands(this)) {
        View d = operands.dense(dy);
        View ws = operands.dense(w);
        ConvShape shape = Operands.conv(s, dx.shape(), w.shape(), dy.shape());
        if (split.convGradInput(address(dx), address(d), address(ws), shape)) {
          return;
        }
      }
    }
    super.convGradInput(s, dx, dy, w);
  }

  @Override
  public void convGradWeight(ConvSpec s, View dw, View x, View dy) {
    if (!convGradWeightBias(s, dw, null, x, dy)) {
      super.convGradWeight(s, dw, x, dy);
    }
  }

  @Override
  public boolean convGradWeightBias(ConvSpec s, View dw, View db, View x, View dy) {
    if (!oneDnn(dw, db, x, dy)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View xs = operands.dense(x);
      View d = operands.dense(dy);
      ConvShape shape = Operands.conv(s, x.shape(), dw.shape(), dy.shape());
      long bias = db == null ? 0 : address(db);
      return split.convGradWeight(address(dw), bias, address(xs), address(d), shape);
    }
  }

  // ---- pooling ----

  @Override
  public void maxPool(PoolSpec s, View y, View index, View x) {
    if (oneDnn(y, x)) {
      try (Operands operands = new Operands(this)) {
        View xs = operands.dense(x);
        PoolShape shape = shape(s, x, y);
        if (split.maxPool(address(y), address(index), address(xs), shape)) {
          return;
        }
      }
    }
    super.maxPool(s, y, index, x);
  }

  @Override
  public void maxPoolGrad(PoolSpec s, View dx, View dy, View index) {
    if (oneDnn(dx, dy) && index.layout().isContiguous()) {
      try (Operands operands = new Operands(this)) {
        View d = operands.dense(dy);
        PoolShape shape = shape(s, dx, dy);
        if (split.maxPoolGrad(address(dx), address(d), address(index), shape)) {
          return;
        }
      }
    }
    super.maxPoolGrad(s, dx, dy, index);
  }

  @Override
  public void avgPool(PoolSpec s, View y, View x) {
    if (oneDnn(y, x)) {
      try (Operands operands = new Operands(this)) {
        View xs = operands.dense(x);
        PoolShape shape = shape(s, x, y);
        if (split.avgPool(address(y), address(xs), shape, s.countPadding())) {
          return;
        }
      }
    }
    super.avgPool(s, y, x);
  }

  @Override
  public void avgPoolGrad(PoolSpec s, View dx, View dy) {
    if (oneDnn(dx, dy)) {
      try (Operands operands = new Operands(this)) {
        View d = operands.dense(dy);
        PoolShape shape = shape(s, dx, dy);
        if (split.avgPoolGrad(address(dx), address(d), shape, s.countPadding())) {
          return;
        }
      }
    }
    super.avgPoolGrad(s, dx, dy);
  }

  private static PoolShape shape(PoolSpec s, View x, View y) {
    return new PoolShape(
        x.layout().dim(0),
        x.layout().dim(1),
        x.layout().dim(2),
        x.layout().dim(3),
        s.kernelH(),
        s.kernelW(),
        y.layout().dim(1),
        y.layout().dim(2),
        s.strideH(),
        s.strideW(),
        s.padH(),
        s.padW());
  }

  // ---- fused ----

  private static int columns(View x) {
    return x.layout().dim(x.layout().rank() - 1);
  }

  @Override
  public boolean softmax(boolean log, View y, View x) {
    if (x.layout().rank() == 0 || !oneDnn(y, x)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View xs = operands.dense(x);
      int k = columns(x);
      if (!split.softmax(false, address(y), address(xs), x.size() / k, k)) {
        return false;
      }
      if (log) {
        FloatRows.logSoftmax(workers, y, xs, k);
      }
      return true;
    }
  }

  @Override
  public boolean softmaxGrad(boolean log, View dx, View dy, View y) {
    if (y.size() == 0 || y.layout().rank() == 0 || !oneDnn(dx, dy, y)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View d = operands.dense(dy);
      View ys = operands.dense(y);
      int k = columns(y);
      return split.softmaxGrad(log, address(dx), address(d), address(ys), y.size() / k, k);
    }
  }

  /** Rows longer than this go through oneDNN's softmax, whose exponential is vectorised. */
  private static final int LONG_ROW = 256;

  @Override
  public boolean crossEntropy(View loss, View z, View labels) {
    if (!f32(loss, z) || !labels.layout().isContiguous()) {
      return false;
    }
    if (z.shape().dim(1) > LONG_ROW) {
      return oneDnn(z) && z.layout().isContiguous() && NativeLosses.loss(split, loss, z, labels);
    }
    RowLosses.loss(workers, loss, z, labels);
    return true;
  }

  @Override
  public boolean crossEntropyGrad(View dz, View dloss, View z, View labels) {
    if (!f32(dz, dloss, z) || !labels.layout().isContiguous()) {
      return false;
    }
    if (z.shape().dim(1) > LONG_ROW) {
      return oneDnn(z, dz)
          && z.layout().isContiguous()
          && dz.layout().isContiguous()
          && NativeLosses.grad(split, dz, dloss, z, labels);
    }
    RowLosses.grad(workers, dz, dloss, z, labels);
    return true;
  }

  @Override
  public boolean batchNorm(
      View y, View mean, View variance, View x, View gamma, View beta, double epsilon) {
    if (!f32(y, x, gamma, beta)) {
      return false;
    }
    Tiles.run(
        i ->
            FloatBatchNorm.forward(
                workers, y, mean, variance, x, null, gamma, beta, epsilon, false),
        0);
    return true;
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
    if (!f32(dx, x, dy, gamma)) {
      return false;
    }
    Tiles.run(
        i ->
            FloatBatchNorm.backward(
                workers, dx, dgamma, dbeta, x, dy, mean, variance, gamma, epsilon),
        0);
    return true;
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
    if (!f32(y, x, residual, gamma, beta)) {
      return false;
    }
    Tiles.run(
        i ->
            FloatBatchNorm.forward(
                workers, y, mean, variance, x, residual, gamma, beta, epsilon, true),
        0);
    return true;
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
    if (!f32(dx, dresidual, x, dy, y, gamma, beta)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View d = operands.dense(dy);
      View ys = operands.dense(y);
      View passed = dresidual == null ? dx : dresidual;
      Tiles.run(
          i ->
              FloatBatchNorm.backwardRelu(
                  workers, dx, passed, dgamma, dbeta, x, d, ys, mean, variance, gamma, epsilon),
          0);
    }
    return true;
  }

  private static float scalar(View v) {
    float[] one = new float[1];
    new Cursor(v).get(0, 1, one);
    return one[0];
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
    if (!f32(w, g, m, lr)) {
      return false;
    }
    if (natives
        && NativeSgd.takes(w, g, m)
        && NativeSgd.run(
            split,
            w,
            g,
            m,
            scalar(lr),
            (float) momentum,
            (float) dampening,
            (float) decay,
            nesterov,
            first)) {
      return true;
    }
    FloatOptim.sgd(
        workers,
        w,
        g,
        m,
        scalar(lr),
        (float) momentum,
        (float) dampening,
        (float) decay,
        nesterov,
        first);
    return true;
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
    if (!f32(w, g, m, v, lr)) {
      return false;
    }
    FloatOptim.adam(
        workers,
        natives ? split : null,
        w,
        g,
        m,
        v,
        scalar(lr),
        corrections,
        beta1,
        beta2,
        (float) epsilon,
        (float) decay,
        decoupled);
    return true;
  }
}
