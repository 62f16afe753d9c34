package org.jacana.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.data.BatchTransform;
import org.jacana.data.ByteImages;
import org.jacana.data.Dataset;
import org.jacana.data.Loader;

/**
 * Data that lies on the device, images as the bytes they are. A batch is a list of numbers and what
 * the host draws for its transforms; it is picked, normalised by the table that the host uses, and
 * transformed there, so that it has the host's bits as far as the transforms' operations do.
 */
final class ResidentFeed implements Feed {
  /** Data of more bytes stays on the host. */
  private static final long LIMIT = 1L << 30;

  private final Loader loader;
  private final Device device;
  private final int[] shape;
  private final int classes;
  private final List<Tensor> owned = new ArrayList<>();
  private org.jacana.data.Batch now;

  /** U8 or F32 [examples, numbers of one]. */
  private final Tensor inputs;

  /** I32 [examples] or F32 [examples, ...]. */
  private final Tensor targets;

  /** F32 [256 channels], the number of each byte; null where the inputs are F32. */
  private final Tensor table;

  /** I32 [channels], where a channel's part of the table begins. */
  private final Tensor starts;

  /** Why a loader's data cannot lie on a device; null if it can. */
  static String whyNot(Loader loader) {
    Dataset data = loader.dataset();
    if (data == null) {
      return "a stream has no examples to go back to";
    }
    long one = data.inputShape().size() * (data instanceof ByteImages ? 1 : 4);
    long bytes = data.count() * (one + 4L * Math.max(1, data.target().size()));
    if (bytes > LIMIT || data.count() * one > Integer.MAX_VALUE) {
      return data.name() + " has " + bytes + " bytes, more than " + LIMIT;
    }
    return loader.transforms().hasTensorForm()
        ? null
        : "not every one of the transforms " + loader.transforms() + " has a form for tensors";
  }

  ResidentFeed(Loader loader, Device device) {
    this.loader = loader;
    this.device = device;
    Dataset data = loader.dataset();
    Shape one = data.inputShape();
    shape = one.insert(0, 0).dims();
    classes = data.target().classes();
    float[] numbers = loader.table();
    int channels = one.rank() == 0 ? 1 : one.dim(-1);
    int[] first = new int[channels];
    Arrays.setAll(first, c -> 256 * c);
    try (Scope scope = Scope.open(device)) {
      inputs = own(numbers == null ? floats(data) : bytes((ByteImages) data));
      targets = own(data.target().isClass() ? Tensor.of(data.labels()) : values(data));
      table = numbers == null ? null : own(Tensor.of(numbers));
      starts = numbers == null ? null : own(Tensor.of(first));
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("train: reading " + data.name() + " failed", e);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private Tensor own(Tensor t) {
    owned.add(Scope.release(t));
    return t;
  }

  private static Tensor bytes(ByteImages data) throws IOException {
    return Tensor.of(data.allBytes(), data.count(), (int) data.inputShape().size());
  }

  private static Tensor floats(Dataset data) throws IOException {
    int size = (int) data.inputShape().size();
    float[] all = new float[data.count() * size];
    for (int i = 0; i < data.count(); i++) {
      data.read(i, all, i * size);
    }
    return Tensor.of(all, data.count(), size);
  }

  private static Tensor values(Dataset data) throws IOException {
    int size = data.target().size();
    float[] all = new float[data.count() * size];
    for (int i = 0; i < data.count(); i++) {
      data.values(i, all, i * size);
    }
    return Tensor.of(all, data.target().shape().insert(0, data.count()).dims());
  }

  @Override
  public int next() {
    now = loader.plan();
    return now == null ? 0 : now.size();
  }

  @Override
  public Batch batch(int n) {
    if (loader.mixing() != null && n < now.size()) {
      // Whom an example is mixed with was drawn for the whole batch.
      Batch whole = batch(now.size());
      return new Batch(whole.x().slice(0, 0, n), whole.y().slice(0, 0, n));
    }
    Tensor index = Tensor.of(first(now.indices(), n), n);
    float[] drawn = first(now.parameters(), n * parameters());
    Tensor p = drawn.length == 0 ? null : Tensor.of(drawn, n, parameters());
    BatchTransform mixing = loader.mixing();
    return pick(index, p, mixing == null ? null : Tensor.of(mixed(n)));
  }

  private int parameters() {
    return now.parameters().length / now.indices().length;
  }

  private float[] mixed(int n) {
    return first(now.mixingParameters(), loader.mixing().parameters(n));
  }

  private static int[] first(int[] all, int n) {
    return n == all.length ? all : Arrays.copyOf(all, n);
  }

  private static float[] first(float[] all, int n) {
    return n == all.length ? all : Arrays.copyOf(all, n);
  }

  @Override
  public Slot slot(int n) {
    int drawn = loader.transforms().parameters(loader.dataset().inputShape());
    BatchTransform mixing = loader.mixing();
    try (Scope scope = Scope.open(device)) {
      Tensor index = Tensor.zeros(DType.I32, n);
      Tensor p = Tensor.zeros(n, drawn);
      Tensor m = Tensor.zeros(mixing == null ? 0 : mixing.parameters(n));
      return new Slot(Scope.release(index), Scope.release(p), Scope.release(m));
    }
  }

  @Override
  public void fill(Slot slot) {
    Tensor[] t = slot.tensors();
    int n = (int) t[0].size();
    t[0].write(first(now.indices(), n));
    if (t[1].size() > 0) {
      t[1].write(first(now.parameters(), (int) t[1].size()));
    }
    if (t[2].size() > 0) {
      t[2].write(mixed(n));
    }
  }

  @Override
  public Batch batch(Slot slot) {
    Tensor[] t = slot.tensors();
    return pick(t[0], t[1].size() == 0 ? null : t[1], t[2].size() == 0 ? null : t[2]);
  }

  private Batch pick(Tensor index, Tensor p, Tensor m) {
    int n = index.shape().dim(0);
    int[] d = shape.clone();
    d[0] = n;
    Tensor x = inputs.indexSelect(0, index);
    if (table != null) {
      int channels = d[d.length - 1];
      Tensor entry =
          channels == 1
              ? x
              : x.to(DType.I32).reshape(n, x.shape().dim(1) / channels, channels).add(starts);
      x = table.gather(0, entry.reshape(Math.toIntExact(entry.size())));
    }
    x = x.reshape(d);
    if (!loader.transforms().isEmpty()) {
      x = loader.transforms().apply(x, p);
    }
    Tensor y = targets.indexSelect(0, index);
    if (m == null) {
      return new Batch(x, y);
    }
    BatchTransform.Mixed mixed = loader.mixing().apply(x, y.oneHot(classes).to(DType.F32), m);
    return new Batch(mixed.x(), mixed.y());
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
