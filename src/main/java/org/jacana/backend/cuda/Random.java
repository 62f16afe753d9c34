package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.Distribution;
import org.jacana.backend.View;

/** Philox numbers, the same as on every backend: cuda/random.cu. */
final class Random {
  private final Gpu gpu;

  Random(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Element i of the view is number offset + i of the stream of a seed. */
  void random(Distribution d, View out, long seed, long offset) {
    long[] done = {0};
    Strided.each(
        s -> {
          long from = offset + done[0];
          done[0] += s.size();
          draw(d, out.dtype(), s, "", seed, from);
        },
        out);
  }

  /**
   * The same with seed and offset read from the device when the kernel runs, so that a captured
   * launch draws other numbers each time.
   *
   * @param state I32 [4]: the seed's and the offset's low and high words
   * @param more is added to the offset
   * @throws IllegalArgumentException if the state is not four neighbouring I32
   */
  void random(Distribution d, View out, View state, long more) {
    if (state.dtype() != DType.I32 || state.size() != 4 || !state.layout().isContiguous()) {
      throw new IllegalArgumentException(
          "random: the state must be I32 [4] and contiguous, got "
              + state.dtype()
              + " "
              + state.layout());
    }
    long[] done = {0};
    Strided.each(
        s -> {
          long from = more + done[0];
          done[0] += s.size();
          draw(d, out.dtype(), s, "_at", Strided.address(state), from);
        },
        out);
  }

  /** The kernels take the seed or the state's address, then the offset or what is added to it. */
  private void draw(Distribution d, DType t, Strided s, String form, long seed, long offset) {
    int normal = d == Distribution.NORMAL ? 1 : 0;
    // A view that begins inside a counter's numbers touches one more than its size asks for.
    long counters = s.size() / (t == DType.F64 ? 2 : 4) + 2;
    if (!s.dense() || !t.isFloat()) {
      gpu.launch("random", "random_any" + form)
          .strided(s)
          .i64(s.address(0))
          .i32(t.ordinal())
          .i32(normal)
          .i64(seed)
          .i64(offset)
          .over(s.size());
    } else if (t == DType.F64) {
      gpu.launch("random", "random_wide" + form)
          .i64(s.size())
          .i64(s.address(0))
          .i32(normal)
          .i64(seed)
          .i64(offset)
          .over(counters);
    } else {
      gpu.launch("random", "random_narrow" + form)
          .i64(s.size())
          .i64(s.address(0))
          .i32(t.ordinal())
          .i32(normal)
          .i64(seed)
          .i64(offset)
          .i32(s.address(0) % (4L * t.bytes()) == 0 ? 1 : 0)
          .over(counters);
    }
  }
}
