package org.jacana.backend.cpu;

import java.util.List;
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
  private final Updates updates;
  private final Elementwise elementwise;

  public CpuBackend() {
    this(new Workers(Runtime.getRuntime().availableProcessors()));
  }

  private CpuBackend(Workers workers) {
    super(Native.available() ? new CpuMemory() : new HostMemory(), workers);
    this.workers = workers;
    this.split = new Split(workers);
    this.natives = Native.available();
    this.updates = new Updates(workers, natives);
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
        + (natives
            ? "oneDNN" + (Bf16.available() ? "" : ", BF16 computed in F32 for lack of AVX512_BF16")
            : "plain Java, because " + Native.reason());
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

  /** Whether oneDNN takes these: F32, or BF16 where the processor multiplies it, not empty. */
  private boolean alike(View... views) {
    if (!natives || !(f32(views) || bf16(views) && Bf16.available())) {
      return false;
    }
    for (View v : views) {
      if (v != null && v.size() == 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean bf16(View... views) {
    for (View v : views) {
      if (v != null && v.dtype() != DType.BF16) {
        return false;
      }
    }
    return true;
  }

  /** A kernel on views, the first of which are results. */
  private interface Body {
    boolean run(View[] views);
  }

  /** Runs a kernel on F32 copies of half types; false where none is a half type, or it says so. */
  private boolean widened(int results, Body body, View... views) {
    if (!natives || !Widened.takes(views)) {
      return false;
    }
    try (Widened w = new Widened(this)) {
      View[] wide = new View[views.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = i < results ? w.out(views[i]) : w.in(views[i]);
      }
      if (!body.run(wide)) {
        return false;
      }
      w.round();
      return true;
    }
  }

  // ---- pointwise ----

  /** Elements of a half type from which on F32 copies are faster than the reference. */
  private static final int WIDENED = 1024;

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
    if (elementwise.unary(f, p, q, out, x)
        || out.size() >= WIDENED && half(out) && widened(1, v -> unary(f, p, q, v), out, x)) {
      return;
    }
    super.unary(f, p, q, out, x);
  }

  private boolean unary(UnaryKernel f, double p, double q, View[] v) {
    unary(f, p, q, v[0], v[1]);
    return true;
  }

  private static boolean half(View v) {
    return v.dtype() == DType.BF16 || v.dtype() == DType.F16;
  }

  @Override
  public void binary(BinaryKernel f, View out, View a, View b) {
    if (elementwise.binary(f, out, a, b)
        || out.size() >= WIDENED && half(out) && widened(1, v -> binary(f, v), out, a, b)) {
      return;
    }
    super.binary(f, out, a, b);
  }

  private boolean binary(BinaryKernel f, View[] v) {
    binary(f, v[0], v[1], v[2]);
    return true;
  }

  @Override
  public void reduce(Reduction f, View out, View x) {
    boolean sum = f == Reduction.SUM;
    if (sum && f32(out, x) && FloatSums.run(workers, out, x)
        || sum && x.size() >= WIDENED && widened(1, v -> sum(v), out, x)) {
      return;
    }
    super.reduce(f, out, x);
  }

  private boolean sum(View[] v) {
    reduce(Reduction.SUM, v[0], v[1]);
    return true;
  }

  // ---- products ----

  private static long address(View v) {
    return Operands.address(v);
  }

  @Override
  public void matmul(View c, View a, View b) {
    if (c.size() > 0 && (product(c, a, b, null) || c.size() >= 64 && wide(c, a, b))) {
      return;
    }
    if (WideMatmul.takes(c, a)) {
      WideMatmul.run(this, workers, c, a, b);
      return;
    }
    super.matmul(c, a, b);
  }

  private boolean wide(View c, View a, View b) {
    return widened(1, v -> product(v[0], v[1], v[2], null), c, a, b);
  }

  /** c may be F32 where the operands are BF16. */
  private boolean product(View c, View a, View b, View bias) {
    return alike(a, b, bias) && (c.dtype() == a.dtype() || f32(c)) && matmul(c, a, b, bias);
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
    if (y.size() == 0 || relu && !y.layout().isContiguous()) {
      return false;
    }
    View columns = w.with(w.layout().permute(1, 0));
    return product(y, x, columns, b)
            && (!relu || split.relu(y.dtype(), address(y), address(y), y.size()))
        || widened(1, v -> linear(v[0], v[1], v[2], v[3], relu), y, x, w, b);
  }

  @Override
  public void conv(ConvSpec s, View y, View x, View w) {
    if (!convBias(s, y, x, w, null, false)) {
      super.conv(s, y, x, w);
    }
  }

  @Override
  public boolean convBias(ConvSpec s, View y, View x, View w, View b, boolean relu) {
    return alike(y, x, w, b) && convolution(s, y, x, w, b, relu)
        || widened(1, v -> convBias(s, v[0], v[1], v[2], v[3], relu), y, x, w, b);
  }

  private boolean convolution(ConvSpec s, View y, View x, View w, View b, boolean relu) {
    try (Operands operands = new Operands(this)) {
      View xs = operands.dense(x);
      View ws = operands.dense(w);
      View bs = b == null ? null : operands.dense(b);
      ConvShape shape = Operands.conv(s, x.shape(), w.shape(), y.shape()).as(x.dtype());
      long bias = bs == null ? 0 : address(bs);
      return split.conv(address(y), address(xs), address(ws), bias, shape, relu);
    }
  }

  @Override
  public void convGradInput(ConvSpec s, View dx, View dy, View w) {
    if (!inputGradient(s, dx, dy, w, false)
        && !widened(1, v -> inputGradient(s, v[0], v[1], v[2], false), dx, dy, w)) {
      super.convGradInput(s, dx, dy, w);
    }
  }

  @Override
  public boolean convGradInputAdd(ConvSpec s, View dx, View dy, View w) {
    return inputGradient(s, dx, dy, w, true);
  }

  private boolean inputGradient(ConvSpec s, View dx, View dy, View w, boolean add) {
    if (!alike(dx, dy, w)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View d = operands.dense(dy);
      View ws = operands.dense(w);
      ConvShape shape = Operands.conv(s, dx.shape(), w.shape(), dy.shape()).as(dy.dtype());
      return add
          ? split.convGradInputAdd(address(dx), address(d), address(ws), shape)
          : split.convGradInput(address(dx), address(d), address(ws), shape);
    }
  }

  @Override
  public void convGradWeight(ConvSpec s, View dw, View x, View dy) {
    if (!convGradWeightBias(s, dw, null, x, dy)) {
      super.convGradWeight(s, dw, x, dy);
    }
  }

  @Override
  public boolean convGradWeightBias(ConvSpec s, View dw, View db, View x, View dy) {
    return filterGradient(s, dw, db, x, dy)
        || widened(2, v -> filterGradient(s, v[0], v[1], x, dy), dw, db)
        || widened(2, v -> filterGradient(s, v[0], v[1], v[2], v[3]), dw, db, x, dy);
  }

  /** dw and db are F32; x and dy may be BF16. */
  private boolean filterGradient(ConvSpec s, View dw, View db, View x, View dy) {
    if (!alike(x, dy) || !oneDnn(dw, db)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View xs = operands.dense(x);
      View d = operands.dense(dy);
      ConvShape shape = Operands.conv(s, x.shape(), dw.shape(), dy.shape()).as(x.dtype());
      long bias = db == null ? 0 : address(db);
      return split.convGradWeight(address(dw), bias, address(xs), address(d), shape);
    }
  }

  // ---- pooling ----

  @Override
  public void maxPool(PoolSpec s, View y, View index, View x) {
    if (!maximum(s, y, index, x) && !widened(1, v -> maximum(s, v[0], index, v[1]), y, x)) {
      super.maxPool(s, y, index, x);
    }
  }

  private boolean maximum(PoolSpec s, View y, View index, View x) {
    if (!alike(y, x)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View xs = operands.dense(x);
      return split.maxPool(address(y), address(index), address(xs), shape(s, x, y));
    }
  }

  @Override
  public void maxPoolGrad(PoolSpec s, View dx, View dy, View index) {
    if (!maximumGrad(s, dx, dy, index)
        && !widened(1, v -> maximumGrad(s, v[0], v[1], index), dx, dy)) {
      super.maxPoolGrad(s, dx, dy, index);
    }
  }

  private boolean maximumGrad(PoolSpec s, View dx, View dy, View index) {
    if (!alike(dx, dy) || !index.layout().isContiguous()) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View d = operands.dense(dy);
      return split.maxPoolGrad(address(dx), address(d), address(index), shape(s, dx, dy));
    }
  }

  @Override
  public void avgPool(PoolSpec s, View y, View x) {
    if (!average(s, y, x) && !widened(1, v -> average(s, v[0], v[1]), y, x)) {
      super.avgPool(s, y, x);
    }
  }

  private boolean average(PoolSpec s, View y, View x) {
    if (!alike(y, x)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View xs = operands.dense(x);
      return split.avgPool(address(y), address(xs), shape(s, x, y), s.countPadding());
    }
  }

  @Override
  public void avgPoolGrad(PoolSpec s, View dx, View dy) {
    if (!averageGrad(s, dx, dy) && !widened(1, v -> averageGrad(s, v[0], v[1]), dx, dy)) {
      super.avgPoolGrad(s, dx, dy);
    }
  }

  private boolean averageGrad(PoolSpec s, View dx, View dy) {
    if (!alike(dx, dy)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View d = operands.dense(dy);
      return split.avgPoolGrad(address(dx), address(d), shape(s, dx, dy), s.countPadding());
    }
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
        s.padW(),
        x.dtype());
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
    return norm(y, mean, variance, x, null, gamma, beta, epsilon, false);
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
    return normGrad(dx, null, dgamma, dbeta, x, dy, null, mean, variance, gamma, epsilon);
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
    return norm(y, mean, variance, x, residual, gamma, beta, epsilon, true);
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
    return normGrad(dx, dresidual, dgamma, dbeta, x, dy, y, mean, variance, gamma, epsilon);
  }

  @Override
  public boolean hasWideGradients() {
    return natives;
  }

  @Override
  public boolean hasHalfBatchNorm() {
    return natives;
  }

  private boolean norm(
      View y,
      View mean,
      View variance,
      View x,
      View residual,
      View gamma,
      View beta,
      double epsilon,
      boolean relu) {
    if (!f32(mean, variance, gamma, beta)) {
      return false;
    }
    if (f32(y, x, residual)) {
      Tiles.run(
          i ->
              FloatBatchNorm.forward(
                  split, y, mean, variance, x, residual, gamma, beta, epsilon, relu),
          0);
      return true;
    }
    return Bf16BatchNorm.takes(y, x, residual)
            && Bf16BatchNorm.forward(
                split, y, mean, variance, x, residual, gamma, beta, epsilon, relu)
        || widened(
            1,
            v -> norm(v[0], mean, variance, v[1], v[2], gamma, beta, epsilon, relu),
            y,
            x,
            residual);
  }

  /** y is null without a rectifier. */
  private boolean normGrad(
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
      double epsilon) {
    if (!f32(dgamma, dbeta, mean, variance, gamma)) {
      return false;
    }
    if (!f32(dx, dresidual, x, dy, y)) {
      return halfNormGrad(dx, dresidual, dgamma, dbeta, x, dy, y, mean, variance, gamma, epsilon)
          || widened(
              2,
              v ->
                  normGrad(
                      v[0], v[1], dgamma, dbeta, v[2], v[3], v[4], mean, variance, gamma, epsilon),
              dx,
              dresidual,
              x,
              dy,
              y);
    }
    try (Operands operands = new Operands(this)) {
      View d = operands.dense(dy);
      View ys = y == null ? null : operands.dense(y);
      View passed = dresidual == null ? dx : dresidual;
      Tiles.run(
          i -> {
            if (ys == null) {
              FloatBatchNormGrad.plain(
                  split, dx, dgamma, dbeta, x, d, mean, variance, gamma, epsilon);
            } else {
              FloatBatchNormGrad.relu(
                  split, dx, passed, dgamma, dbeta, x, d, ys, mean, variance, gamma, epsilon);
            }
          },
          0);
    }
    return true;
  }

  private boolean halfNormGrad(
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
      double epsilon) {
    if (!bf16(dx, dresidual, x, dy, y)) {
      return false;
    }
    try (Operands operands = new Operands(this)) {
      View d = operands.dense(dy);
      View xs = operands.dense(x);
      View ys = y == null ? null : operands.dense(y);
      View passed = y == null ? d : dresidual == null ? dx : dresidual;
      return Bf16BatchNorm.takes(dx, passed, xs, d, ys)
          && Bf16BatchNorm.backward(
              split, dx, passed, dgamma, dbeta, xs, d, ys, mean, variance, gamma, epsilon);
    }
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
    return sgdMany(
        List.of(new Slots(w, g, m, null)), lr, momentum, dampening, decay, nesterov, first);
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
    if (!f32(parameters) || !f32(lr)) {
      return false;
    }
    updates.sgd(
        parameters,
        new SgdRule(
            scalar(lr), (float) momentum, (float) dampening, (float) decay, nesterov, first));
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
    return adamMany(
        List.of(new Slots(w, g, m, v)), lr, corrections, beta1, beta2, epsilon, decay, decoupled);
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
    if (!f32(parameters) || !f32(lr)) {
      return false;
    }
    double[] c = new double[2];
    new Cursor(corrections).get(0, 2, c);
    updates.adam(
        parameters,
        AdamRule.of(scalar(lr), c, beta1, beta2, (float) epsilon, (float) decay, decoupled));
    return true;
  }

  private static boolean f32(List<Slots> parameters) {
    for (Slots s : parameters) {
      if (!f32(s.w(), s.g(), s.m(), s.v())) {
        return false;
      }
    }
    return true;
  }
}
