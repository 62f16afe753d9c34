package org.jacana.backend.reference;

import java.nio.ByteBuffer;
import org.jacana.Device;
import org.jacana.backend.Backend;
import org.jacana.backend.BinaryKernel;
import org.jacana.backend.Buffer;
import org.jacana.backend.BufferListener;
import org.jacana.backend.Capture;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.Distribution;
import org.jacana.backend.Lapack;
import org.jacana.backend.PoolSpec;
import org.jacana.backend.Reduction;
import org.jacana.backend.UnaryKernel;
import org.jacana.backend.View;

/**
 * Every kernel in plain Java for every element type, computed in double and rounded once: the
 * oracle that other backends are compared with, and what runs where no natives load.
 */
public class ReferenceBackend implements Backend {
  private final HostMemory memory;
  private final Loops loops;

  public ReferenceBackend() {
    this(new HostMemory(), Loops.SERIAL);
  }

  protected ReferenceBackend(HostMemory memory, Loops loops) {
    this.memory = memory;
    this.loops = loops;
  }

  protected final Loops loops() {
    return loops;
  }

  protected final HostMemory memory() {
    return memory;
  }

  @Override
  public Device device() {
    return Device.REFERENCE;
  }

  @Override
  public String description() {
    return "plain Java, one thread";
  }

  @Override
  public Buffer allocate(long bytes) {
    return memory.allocate(bytes);
  }

  @Override
  public boolean capturing() {
    return memory.reserve() != null;
  }

  @Override
  public Capture capture(Runnable step) {
    return Tape.record(this, memory, step);
  }

  private void requireNotCapturing(String what, String rule) {
    if (capturing()) {
      throw new IllegalStateException(what + " while a step is recorded: " + rule);
    }
  }

  @Override
  public void upload(Buffer to, long at, ByteBuffer from) {
    requireNotCapturing(
        "upload",
        "its values would be the same at every replay; make the tensor before, write() it");
    ((HostBuffer) to).bytesView().put((int) at, from, from.position(), from.remaining());
  }

  @Override
  public void download(ByteBuffer to, Buffer from, long at) {
    requireNotCapturing("download", "keep the result in a tensor and read that after replay()");
    to.put(to.position(), ((HostBuffer) from).bytesView(), (int) at, to.remaining());
  }

  @Override
  public void synchronize() {
    // Kernels here have finished when they return.
    requireNotCapturing("synchronize", "wait after replay()");
  }

  @Override
  public long liveBytes() {
    return memory.liveBytes();
  }

  @Override
  public long peakBytes() {
    return memory.peakBytes();
  }

  @Override
  public void resetPeak() {
    memory.resetPeak();
  }

  @Override
  public void listen(BufferListener listener) {
    memory.listen(listener);
  }

  @Override
  public void fill(View out, double value) {
    Pointwise.fill(loops, out, value);
  }

  @Override
  public void copy(View out, View x) {
    Pointwise.copy(loops, out, x);
  }

  @Override
  public void unary(UnaryKernel f, double p, double q, View out, View x) {
    Pointwise.unary(loops, f, p, q, out, x);
  }

  @Override
  public void binary(BinaryKernel f, View out, View a, View b) {
    Pointwise.binary(loops, f, out, a, b);
  }

  @Override
  public void where(View out, View mask, View a, View b) {
    Pointwise.where(loops, out, mask, a, b);
  }

  @Override
  public void reduce(Reduction f, View out, View x) {
    Reducing.reduce(loops, f, out, x);
  }

  @Override
  public void argReduce(boolean largest, View out, View x, int axis) {
    Ranking.argReduce(loops, largest, out, x, axis);
  }

  @Override
  public void topK(boolean largest, View indices, View x) {
    Ranking.topK(loops, largest, indices, x);
  }

  @Override
  public void cumSum(View out, View x, int axis, boolean reverse) {
    Ranking.cumSum(loops, out, x, axis, reverse);
  }

  @Override
  public void random(Distribution d, View out, long seed, long offset) {
    Philox.random(loops, d, out, seed, offset);
  }

  @Override
  public boolean random(Distribution d, View out, View state, long offset) {
    double[] words = new double[4];
    new Cursor(state).get(0, 4, words);
    random(d, out, joined(words[0], words[1]), joined(words[2], words[3]) + offset);
    return true;
  }

  /** Of the low and the high 32 bits. */
  private static long joined(double low, double high) {
    return (int) low & 0xffffffffL | (long) (int) high << 32;
  }

  @Override
  public void gather(View out, View x, View index, int axis) {
    Indexing.gather(loops, out, x, index, axis);
  }

  @Override
  public void scatterAdd(View out, View index, View x, int axis) {
    Indexing.scatterAdd(out, index, x, axis);
  }

  @Override
  public void matmul(View c, View a, View b) {
    Products.matmul(loops, c, a, b);
  }

  @Override
  public Lapack lapack() {
    return new PlainLapack("plain Java");
  }

  @Override
  public void conv(ConvSpec s, View y, View x, View w) {
    Products.conv(loops, s, y, x, w);
  }

  @Override
  public void convGradInput(ConvSpec s, View dx, View dy, View w) {
    Products.convGradInput(loops, s, dx, dy, w);
  }

  @Override
  public void convGradWeight(ConvSpec s, View dw, View x, View dy) {
    Products.convGradWeight(loops, s, dw, x, dy);
  }

  @Override
  public void maxPool(PoolSpec s, View y, View index, View x) {
    Pooling.max(loops, s, y, index, x);
  }

  @Override
  public void maxPoolGrad(PoolSpec s, View dx, View dy, View index) {
    Pooling.maxGrad(loops, s, dx, dy, index);
  }

  @Override
  public void maxPoolGather(PoolSpec s, View g, View x, View index) {
    Pooling.maxGather(loops, s, g, x, index);
  }

  @Override
  public void avgPool(PoolSpec s, View y, View x) {
    Pooling.average(loops, s, y, x);
  }

  @Override
  public void avgPoolGrad(PoolSpec s, View dx, View dy) {
    Pooling.averageGrad(loops, s, dx, dy);
  }
}
