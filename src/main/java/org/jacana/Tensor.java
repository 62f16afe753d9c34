package org.jacana;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongFunction;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Node;
import org.jacana.autograd.Watch;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.backend.Buffer;
import org.jacana.backend.KernelWatch;
import org.jacana.backend.Layout;
import org.jacana.backend.View;
import org.jacana.op.Batching;
import org.jacana.op.Movement;

/**
 * An n-dimensional array on a device, perhaps with the graph of its computation behind it.
 *
 * <p>A tensor is a handle: several may share memory (views), which is given back when the last one
 * closes. It belongs to the innermost {@link Scope} that was open when it was made, and to its
 * maker when there was none. Operations never change their inputs. Definitions are PyTorch's unless
 * said otherwise; images are [N,H,W,C].
 *
 * <p>Using a closed tensor throws {@link IllegalStateException}; shapes or types that do not fit
 * throw {@link IllegalArgumentException} with the operation, the shapes and the rule.
 */
public final class Tensor
    implements AutoCloseable,
        TensorPointwise,
        TensorMath,
        TensorActivations,
        TensorReductions,
        TensorStatistics,
        TensorMovement,
        TensorArranging,
        TensorIndexing,
        TensorProducts {
  private View view;
  private final Backend backend;
  private Node node;
  private Tensor grad;
  private boolean closed;
  private Leaks.Trace trace;
  // Inside vmap: what this stands for a part of, see Batching. The view then has only a shape.
  private Tensor batch;
  private int level;
  Scope scope;

  private Tensor(Backend backend, View view) {
    this.backend = KernelWatch.raw(backend);
    this.view = view;
    if (Leaks.ON) {
      trace = Leaks.track(this);
    }
  }

  private static Tensor scoped(Backend backend, View view) {
    Tensor t = new Tensor(backend, view);
    Scope.adopt(t);
    return t;
  }

  // ---- creation ----

  /** Uninitialised memory, for writers of operations. */
  public static Tensor allocate(Backend backend, Shape shape, DType dtype) {
    Buffer b = backend.allocate(Math.multiplyExact(shape.size(), (long) dtype.bytes()));
    return scoped(backend, new View(b, dtype, Layout.contiguous(shape)));
  }

  private static Tensor allocate(Shape shape, DType dtype) {
    return allocate(Scope.backend(), shape, dtype);
  }

  private static void requireSize(String op, long got, Shape shape) {
    if (got != shape.size()) {
      throw new IllegalArgumentException(
          op + ": " + shape + " needs " + shape.size() + " values, got " + got);
    }
  }

  /** This, once its values are written; closed, also where no scope owns it, if that fails. */
  private Tensor made(Runnable write) {
    try {
      write.run();
      return this;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static Tensor upload(ByteBuffer bytes, Shape shape, DType dtype) {
    Tensor t = allocate(shape, dtype);
    return t.made(() -> t.backend().upload(t.view.buffer(), 0, bytes));
  }

  /** F32 values; without a shape, one axis. */
  public static Tensor of(float[] values, int... shape) {
    Shape s = shape.length == 0 ? Shape.of(values.length) : Shape.of(shape);
    requireSize("of", values.length, s);
    Tensor t = allocate(s, DType.F32);
    return t.made(() -> t.upload(values));
  }

  /** F64 values; without a shape, one axis. */
  public static Tensor of(double[] values, int... shape) {
    Shape s = shape.length == 0 ? Shape.of(values.length) : Shape.of(shape);
    requireSize("of", values.length, s);
    ByteBuffer b = Staging.lend(8L * values.length);
    b.asDoubleBuffer().put(values);
    return upload(b, s, DType.F64);
  }

  /** I32 values; without a shape, one axis. */
  public static Tensor of(int[] values, int... shape) {
    Shape s = shape.length == 0 ? Shape.of(values.length) : Shape.of(shape);
    requireSize("of", values.length, s);
    ByteBuffer b = Staging.lend(4L * values.length);
    b.asIntBuffer().put(values);
    return upload(b, s, DType.I32);
  }

  /** U8 values (0 to 255 as unsigned bytes); without a shape, one axis. */
  public static Tensor of(byte[] values, int... shape) {
    Shape s = shape.length == 0 ? Shape.of(values.length) : Shape.of(shape);
    requireSize("of", values.length, s);
    return upload(ByteBuffer.wrap(values), s, DType.U8);
  }

  /** BOOL values; without a shape, one axis. */
  public static Tensor of(boolean[] values, int... shape) {
    Shape s = shape.length == 0 ? Shape.of(values.length) : Shape.of(shape);
    requireSize("of", values.length, s);
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return upload(ByteBuffer.wrap(bytes), s, DType.BOOL);
  }

  /** An F32 scalar. */
  public static Tensor scalar(double value) {
    return full(DType.F32, value);
  }

  public static Tensor full(DType dtype, double value, int... shape) {
    Tensor t = allocate(Shape.of(shape), dtype);
    return t.made(() -> t.backend().fill(t.view, value));
  }

  /** F32 zeros. */
  public static Tensor zeros(int... shape) {
    return full(DType.F32, 0, shape);
  }

  public static Tensor zeros(DType dtype, int... shape) {
    return full(dtype, 0, shape);
  }

  /** F32 ones. */
  public static Tensor ones(int... shape) {
    return full(DType.F32, 1, shape);
  }

  public static Tensor ones(DType dtype, int... shape) {
    return full(dtype, 1, shape);
  }

  /** I32 0, 1, ..., n-1. */
  public static Tensor arange(int n) {
    return arange(0, n, 1);
  }

  /** I32 start, start+step, ... up to but without end. */
  public static Tensor arange(int start, int end, int step) {
    if (step == 0) {
      throw new IllegalArgumentException("arange: step must not be 0");
    }
    long n = Math.max(0, ((long) end - start + step - Integer.signum(step)) / step);
    int[] v = new int[Math.toIntExact(n)];
    Arrays.setAll(v, i -> start + i * step);
    return of(v, v.length);
  }

  /** n F32 values from start to end, both included. */
  public static Tensor linspace(double start, double end, int n) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = (float) (n == 1 ? start : start + (end - start) * i / (n - 1));
    }
    return of(v, n);
  }

  /** The F32 identity matrix [n,n]. */
  public static Tensor eye(int n) {
    return eye(DType.F32, n);
  }

  public static Tensor eye(DType dtype, int n) {
    Tensor t = full(dtype, 0, n, n);
    if (n > 0) {
      Layout diagonal = t.view.layout().reshape(Shape.of(n * n)).slice(0, 0, n, n + 1);
      t.backend().fill(t.view.with(diagonal), 1);
    }
    return t;
  }

  /** F32, uniform on [0,1), from the default generator. */
  public static Tensor rand(int... shape) {
    return Generator.standard().uniform(DType.F32, shape);
  }

  /** F32, standard normal, from the default generator. */
  public static Tensor randn(int... shape) {
    return Generator.standard().normal(DType.F32, shape);
  }

  public Tensor zerosLike() {
    return filledLike(0);
  }

  public Tensor onesLike() {
    return filledLike(1);
  }

  private Tensor filledLike(double value) {
    requireOpen("fill", 0);
    Tensor t = allocate(backend(), shape(), dtype());
    return t.made(() -> backend().fill(t.view, value));
  }

  /**
   * A scalar on this tensor's device, of this tensor's type if that can hold it, else of the
   * narrowest that can; a BOOL counts as a number.
   */
  Tensor constant(double v) {
    boolean whole = v == Math.rint(v) && Math.abs(v) <= Integer.MAX_VALUE;
    boolean fits =
        switch (dtype()) {
          case I32 -> whole;
          case U8 -> whole && v >= 0 && v <= 255;
          case BOOL -> false;
          default -> true;
        };
    Tensor t = allocate(backend(), Shape.scalar(), fits ? dtype() : whole ? DType.I32 : DType.F32);
    return t.made(() -> backend().fill(t.view, v));
  }

  /** a where the mask is true, else b. */
  public static Tensor where(Tensor mask, Tensor a, Tensor b) {
    return org.jacana.op.Pointwise.where(mask, a, b);
  }

  /** a where the mask is true, else the value. */
  public static Tensor where(Tensor mask, Tensor a, double b) {
    try (Tensor other = Scope.release(a.constant(b))) {
      return where(mask, a, other);
    }
  }

  /** Joins tensors along an axis. */
  public static Tensor concat(int axis, Tensor... xs) {
    return Movement.concat(axis, xs);
  }

  /** Joins tensors of one shape along a new axis. */
  public static Tensor stack(int axis, Tensor... xs) {
    if (xs.length == 0) {
      throw new IllegalArgumentException("stack: needs at least one tensor");
    }
    int a = axis < 0 ? axis + xs[0].rank() + 1 : axis;
    for (int i = 0; i < xs.length; i++) {
      if (!xs[i].shape().equals(xs[0].shape())) {
        throw new IllegalArgumentException(
            "stack: shapes must be equal, got "
                + xs[0].shape()
                + " and, at position "
                + i
                + ", "
                + xs[i].shape());
      }
    }
    return Scope.tidy(
        () -> {
          Tensor[] wide = new Tensor[xs.length];
          Arrays.setAll(wide, i -> xs[i].unsqueeze(a));
          return Movement.concat(a, wide);
        });
  }

  /**
   * The sum of products that an equation such as {@code "bij,bjk->bik"} names; see {@link
   * org.jacana.op.Einsum}.
   */
  public static Tensor einsum(String equation, Tensor... xs) {
    return org.jacana.op.Einsum.einsum(equation, xs);
  }

  /** Coordinates as tensors: of vectors [n], [m], ... each repeated to [n, m, ...]. */
  public static Tensor[] meshgrid(Tensor... xs) {
    int[] dims = new int[xs.length];
    for (int i = 0; i < xs.length; i++) {
      if (xs[i].rank() != 1) {
        throw new IllegalArgumentException("meshgrid: needs vectors, got " + xs[i].shape());
      }
      dims[i] = xs[i].shape().dim(0);
    }
    Tensor[] out = new Tensor[xs.length];
    for (int i = 0; i < xs.length; i++) {
      int[] alone = new int[xs.length];
      Arrays.fill(alone, 1);
      alone[i] = dims[i];
      Tensor x = xs[i];
      out[i] = Scope.tidy(() -> x.reshape(alone).expand(dims));
    }
    return out;
  }

  // ---- facts ----

  @Override
  public Tensor self() {
    return this;
  }

  public Shape shape() {
    return view.shape();
  }

  public int rank() {
    return view.layout().rank();
  }

  /** The number of elements. */
  public long size() {
    return view.size();
  }

  public DType dtype() {
    return view.dtype();
  }

  public Device device() {
    return backend.device();
  }

  public boolean isOpen() {
    return !closed;
  }

  /** For writers of operations. */
  public Backend backend() {
    return KernelWatch.of(backend);
  }

  /** The memory behind the handle, for writers of operations. */
  public View view() {
    requireWhole("view");
    return view;
  }

  /** How often the memory was changed in place, for the recorder. */
  public int version() {
    return view.buffer().version();
  }

  private void requireWhole(String what) {
    if (batch != null) {
      Batching.refuse(what);
      throw new IllegalStateException(
          what + ": this tensor stands for the parts of a batch inside vmap, which is over");
    }
  }

  /** A tensor that stands for each part of a batch along its first axis, for {@link Batching}. */
  public static Tensor part(Tensor batch, int level) {
    batch.view.buffer().retain();
    Layout one = Layout.contiguous(batch.shape().without(0));
    Tensor t = scoped(batch.backend, new View(batch.view.buffer(), batch.dtype(), one));
    t.batch = batch.alias();
    t.level = level;
    return t;
  }

  /** The batch that this stands for a part of, or null. */
  public Tensor batch() {
    return batch;
  }

  /** How deep in levels of {@link Batching} this stands for a part of a batch; 0 if it does not. */
  public int level() {
    return level;
  }

  /** The recorded node behind the handle, or null. */
  public Node node() {
    return node;
  }

  /** For the recorder. */
  public void record(Node n) {
    node = n;
  }

  /** Throws when this tensor is closed: input {@code i} of operation {@code op}. */
  public void requireOpen(String op, int i) {
    if (closed) {
      String where =
          trace == null
              ? "; run with -Djacana.leaks=true to see where it was made and closed"
              : "; made at " + trace.made + ", closed at " + trace.closed;
      throw new IllegalStateException(
          op + ": input " + i + " (" + dtype() + " " + shape() + ") is closed" + where);
    }
  }

  // ---- handles ----

  /** A view of the same memory, for writers of operations. */
  public Tensor share(Layout layout) {
    View v = view.with(layout);
    v.buffer().retain();
    return scoped(backend, v);
  }

  /** A handle of the same value and node that belongs to no scope, for the recorder. */
  public Tensor alias() {
    view.buffer().retain();
    Tensor t = new Tensor(backend, view);
    t.node = node;
    t.batch = batch == null ? null : batch.alias();
    t.level = level;
    return t;
  }

  /** {@link #detach}, but inside vmap the graph of the batch stays behind it. */
  public Tensor apart() {
    return batch == null ? detach() : part(batch, level);
  }

  /** The same memory without the graph behind it. */
  public Tensor detach() {
    requireOpen("detach", 0);
    if (batch != null) {
      try (Tensor whole = Scope.release(batch.detach())) {
        return part(whole, level);
      }
    }
    return share(view.layout());
  }

  /** Gives up this handle; closing twice does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (trace != null) {
      trace.close();
    }
    view.buffer().release();
    if (batch != null) {
      batch.close();
    }
    if (grad != null) {
      grad.close();
      grad = null;
    }
  }

  // ---- gradients ----

  /**
   * Makes this tensor a leaf that gradients are taken with respect to, or stops that.
   *
   * @throws IllegalArgumentException if the type is not a float type
   * @throws IllegalStateException if it was computed from tracked tensors
   */
  public Tensor requiresGrad(boolean on) {
    requireOpen("requiresGrad", 0);
    if (on && !dtype().isFloat()) {
      throw new IllegalArgumentException(
          "requiresGrad: only float tensors have gradients, this one is " + dtype());
    }
    if (node != null && !node.isLeaf()) {
      throw new IllegalStateException(
          "requiresGrad: this tensor is the result of '"
              + node.name()
              + "'; use detach() first, or ask for the gradient with Autograd.grad");
    }
    if (on && node == null) {
      node = Node.leaf(this);
    } else if (!on) {
      node = null;
    }
    return this;
  }

  /** Whether operations on this tensor are recorded. */
  public boolean requiresGrad() {
    return node != null;
  }

  /** The accumulated gradient, or null; owned by this tensor. */
  public Tensor grad() {
    return grad;
  }

  /** Adds to {@link #grad()}, for the differentiator. */
  public void accumulateGrad(Tensor g) {
    if (grad == null) {
      // Two gradients may share memory, but each must be free to change in place.
      boolean mine = g.view.layout().isContiguous() && g.view.buffer().references() == 1;
      grad = mine ? g.alias() : Scope.release(Movement.copy(g));
      grad.node = null;
      return;
    }
    Tensor sum = Scope.release(grad.add(g));
    grad.close();
    grad = sum;
  }

  /** Whether this is contiguous and nobody else holds its memory, for the differentiator. */
  public boolean isSole() {
    return batch == null && view.layout().isContiguous() && view.buffer().references() == 1;
  }

  /** Forgets the accumulated gradient. */
  public void zeroGrad() {
    if (grad != null) {
      grad.close();
      grad = null;
    }
  }

  /** Adds the gradient of this scalar to {@code grad()} of every leaf behind it. */
  public void backward() {
    Autograd.backward(this);
  }

  // ---- in place, for parameters and buffers ----

  /**
   * Overwrites this tensor's elements; a recorded operation that still needs the old ones will
   * throw.
   *
   * @throws IllegalArgumentException if shapes differ
   */
  public void assign(Tensor from) {
    requireOpen("assign", 0);
    from.requireOpen("assign", 1);
    requireWhole("assign");
    from.requireWhole("assign");
    if (!from.shape().equals(shape())) {
      throw new IllegalArgumentException(
          "assign: shapes must be equal, got " + shape() + " and " + from.shape());
    }
    if (view.layout().overlaps()) {
      throw new IllegalArgumentException(
          "assign: an expanded tensor repeats elements and cannot be written; copy it first");
    }
    if (size() > 0) {
      if (from.backend != backend) {
        try (Tensor here = Scope.release(from.to(device()))) {
          backend().copy(view, here.view);
        }
      } else if (from.view.buffer() == view.buffer()) {
        Tensor copy = Scope.release(Autograd.noGrad(() -> Movement.copy(from)));
        backend().copy(view, copy.view);
        copy.close();
      } else {
        backend().copy(view, from.view);
      }
    }
    view.buffer().changed();
  }

  /**
   * Overwrites the elements with values from the host, row-major; the memory stays where it is.
   *
   * @throws IllegalArgumentException if the type is not F32, the tensor is not contiguous or the
   *     number of values is another
   */
  public void write(float[] values) {
    requireWritable(DType.F32, values.length);
    upload(values);
    view.buffer().changed();
  }

  /** Fills this contiguous F32 tensor, long arrays in pieces, so that nothing long is allocated. */
  private void upload(float[] values) {
    int most = Staging.KEPT / 4;
    for (int from = 0; from < values.length; from += most) {
      int n = Math.min(most, values.length - from);
      ByteBuffer b = Staging.lend(4L * n);
      b.asFloatBuffer().put(values, from, n);
      backend.upload(view.buffer(), 4 * (view.layout().offset() + from), b);
    }
  }

  /**
   * Overwrites the elements with values from the host, as {@link #write(float[])} does.
   *
   * @throws IllegalArgumentException if the type is not I32, the tensor is not contiguous or the
   *     number of values is another
   */
  public void write(int[] values) {
    requireWritable(DType.I32, values.length);
    ByteBuffer b = Staging.lend(4L * values.length);
    b.asIntBuffer().put(values);
    write(b);
  }

  /**
   * Overwrites the elements with values from the host, as {@link #write(float[])} does.
   *
   * @throws IllegalArgumentException if the type is not F64, the tensor is not contiguous or the
   *     number of values is another
   */
  public void write(double[] values) {
    requireWritable(DType.F64, values.length);
    ByteBuffer b = Staging.lend(8L * values.length);
    b.asDoubleBuffer().put(values);
    write(b);
  }

  private void requireWritable(DType type, long count) {
    requireOpen("write", 0);
    if (dtype() != type || !view.layout().isContiguous()) {
      throw new IllegalArgumentException(
          "write: needs a contiguous "
              + type
              + " tensor, this one is "
              + dtype()
              + " "
              + shape()
              + (view.layout().isContiguous() ? "" : " and not contiguous"));
    }
    requireSize("write", count, shape());
  }

  private void write(ByteBuffer b) {
    if (size() > 0) {
      backend().upload(view.buffer(), view.layout().offset() * dtype().bytes(), b);
    }
    view.buffer().changed();
  }

  /**
   * Changes this tensor's element type, for modules: the handle stays what it is, its memory is
   * new, and other handles of the old memory keep that.
   *
   * @throws IllegalStateException if it was computed from tracked tensors
   */
  public void retype(DType type) {
    requireOpen("retype", 0);
    requireWhole("retype");
    if (node != null && (!node.isLeaf() || !type.isFloat())) {
      throw new IllegalStateException(
          "retype: only constants, and parameters to a float type, can change in place; use to("
              + type
              + ")");
    }
    if (type == dtype()) {
      return;
    }
    zeroGrad();
    try (Tensor t = Scope.release(Autograd.noGrad(() -> Movement.cast(this, type)))) {
      t.view.buffer().retain();
      view.buffer().release();
      view = t.view;
    }
  }

  // ---- reading ----

  private ByteBuffer download(String op, DType as, LongFunction<ByteBuffer> buffers) {
    requireOpen(op, 0);
    requireWhole(op);
    if (Watch.on()) {
      Watch.read(op, this);
    }
    if (dtype() != as || !view.layout().isContiguous()) {
      Tensor dense = Scope.release(allocate(backend(), shape(), as));
      try {
        if (size() > 0) {
          backend().copy(dense.view, view);
        }
        return dense.download(op, as, buffers);
      } finally {
        dense.close();
      }
    }
    ByteBuffer b = buffers.apply(size() * as.bytes());
    if (size() > 0) {
      backend().download(b, view.buffer(), view.layout().offset() * as.bytes());
    }
    return b.rewind();
  }

  /** All elements as float, row-major. */
  public float[] floats() {
    float[] out = new float[Math.toIntExact(size())];
    download("floats", DType.F32, Staging::lend).asFloatBuffer().get(out);
    return out;
  }

  /** All elements as double, row-major. */
  public double[] doubles() {
    double[] out = new double[Math.toIntExact(size())];
    download("doubles", DType.F64, Staging::lend).asDoubleBuffer().get(out);
    return out;
  }

  /** All elements as int, row-major; floats are cast as in Java: truncated, within int's range. */
  public int[] ints() {
    if (dtype().isFloat()) {
      double[] from = doubles();
      int[] to = new int[from.length];
      Arrays.setAll(to, i -> (int) from[i]);
      return to;
    }
    int[] out = new int[Math.toIntExact(size())];
    download("ints", DType.I32, Staging::lend).asIntBuffer().get(out);
    return out;
  }

  /** The elements' bytes as they are stored, row-major, in native order. */
  public ByteBuffer bytes() {
    return download("bytes", dtype(), Staging::fresh);
  }

  /**
   * The only element.
   *
   * @throws IllegalArgumentException if there is not exactly one
   */
  public double item() {
    if (size() != 1) {
      throw new IllegalArgumentException(
          "item: needs exactly one element, got shape " + shape() + "; index or reduce first");
    }
    return doubles()[0];
  }

  /** The smallest and largest of integer elements, of which there is at least one. */
  public int[] range() {
    int low = Integer.MAX_VALUE;
    int high = Integer.MIN_VALUE;
    for (int v : ints()) {
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    return new int[] {low, high};
  }

  /** A copy on another device; this tensor itself if it is there already. Not differentiable. */
  public Tensor to(Device device) {
    if (device.equals(device())) {
      return this;
    }
    Backend there = Backends.of(device);
    ByteBuffer b = bytes();
    Tensor t = allocate(there, shape(), dtype());
    return size() > 0 ? t.made(() -> there.upload(t.view.buffer(), 0, b)) : t;
  }

  /** The values as NumPy prints them, with type and shape. */
  @Override
  public String toString() {
    return closed
        ? "Tensor " + dtype() + " " + shape() + " (closed)"
        : batch != null
            ? "Tensor " + dtype() + " " + shape() + " (a part of a batch)"
            : Printer.print(this);
  }
}
