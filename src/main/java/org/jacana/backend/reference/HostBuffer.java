package org.jacana.backend.reference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import org.jacana.backend.Buffer;

/** Host memory outside the Java heap, aligned to 64 bytes, lent by a {@link HostMemory}. */
public final class HostBuffer extends Buffer {
  private final HostMemory owner;

  /** Where a recorded step made this, what its memory belongs to; else null. */
  private final Reserve reserve;

  private HostMemory.Block block;
  private FloatBuffer floats;
  private DoubleBuffer doubles;
  private IntBuffer ints;
  private ShortBuffer shorts;

  HostBuffer(HostMemory owner, Reserve reserve, HostMemory.Block block, long bytes) {
    super(bytes);
    this.owner = owner;
    this.reserve = reserve;
    this.block = block;
  }

  /** Whether it was made while the step with this reserve was recorded. */
  boolean of(Reserve step) {
    return reserve == step;
  }

  private HostMemory.Block block() {
    HostMemory.Block b = block;
    if (b == null) {
      throw new IllegalStateException("buffer: its memory was already given back");
    }
    return b;
  }

  /** The memory; absolute access only, never move its position or limit. */
  public ByteBuffer bytesView() {
    return block().memory();
  }

  /** The native address of the first byte. */
  public long address() {
    return block().address();
  }

  public FloatBuffer floats() {
    if (floats == null) {
      floats = bytesView().duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
    return floats;
  }

  public DoubleBuffer doubles() {
    if (doubles == null) {
      doubles = bytesView().duplicate().order(ByteOrder.nativeOrder()).asDoubleBuffer();
    }
    return doubles;
  }

  public IntBuffer ints() {
    if (ints == null) {
      ints = bytesView().duplicate().order(ByteOrder.nativeOrder()).asIntBuffer();
    }
    return ints;
  }

  public ShortBuffer shorts() {
    if (shorts == null) {
      shorts = bytesView().duplicate().order(ByteOrder.nativeOrder()).asShortBuffer();
    }
    return shorts;
  }

  @Override
  protected void free() {
    HostMemory.Block b = block;
    // Until the tape closes, a replay finds it here.
    if (reserve == null || reserve.dropped()) {
      block = null;
      floats = null;
      doubles = null;
      ints = null;
      shorts = null;
    }
    owner.giveBack(this, reserve, b);
  }
}
