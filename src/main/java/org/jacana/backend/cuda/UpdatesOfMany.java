package org.jacana.backend.cuda;

import java.util.List;
import org.jacana.DType;
import org.jacana.backend.Backend.Slots;
import org.jacana.backend.View;

/**
 * One launch of an optimizer over up to 64 parameters: cuda/update_many.cu. Takes dense F32 only;
 * for others it answers false before anything has changed.
 */
final class UpdatesOfMany {
  private static final int SEGMENTS = 64;
  private static final int WORDS = 5;
  private static final int THREADS = 256;

  private final Gpu gpu;

  UpdatesOfMany(Gpu gpu) {
    this.gpu = gpu;
  }

  boolean sgd(
      List<Slots> parameters,
      View lr,
      double momentum,
      double dampening,
      double decay,
      boolean nesterov,
      boolean first) {
    boolean velocity = parameters.get(0).m() != null;
    long[] options = {
      Double.doubleToRawLongBits(momentum),
      Double.doubleToRawLongBits(1 - dampening),
      Double.doubleToRawLongBits(decay),
      velocity ? 1 : 0,
      nesterov ? 1 : 0,
      first ? 1 : 0
    };
    return run("sgd_many", options, parameters, lr, velocity, false);
  }

  boolean adam(
      List<Slots> parameters,
      View lr,
      View corrections,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      boolean decoupled) {
    if (corrections.dtype() != DType.F64 || !corrections.layout().isContiguous()) {
      return false;
    }
    long[] options = {
      Double.doubleToRawLongBits(beta1),
      Double.doubleToRawLongBits(beta2),
      Double.doubleToRawLongBits(epsilon),
      Double.doubleToRawLongBits(decay),
      decoupled ? 1 : 0,
      Strided.address(corrections)
    };
    return run("adam_many", options, parameters, lr, true, true);
  }

  private boolean run(
      String kernel, long[] options, List<Slots> parameters, View lr, boolean m, boolean v) {
    if (!lr.dtype().isFloat()) {
      return false;
    }
    for (Slots p : parameters) {
      if (!dense(p.w()) || !dense(p.g()) || m && !dense(p.m()) || v && !dense(p.v())) {
        return false;
      }
    }
    long rate = Strided.address(lr);
    for (int from = 0; from < parameters.size(); from += SEGMENTS) {
      List<Slots> some = parameters.subList(from, Math.min(parameters.size(), from + SEGMENTS));
      long[] segments = new long[WORDS * SEGMENTS];
      long longest = 0;
      for (int i = 0; i < some.size(); i++) {
        Slots p = some.get(i);
        segments[WORDS * i] = Strided.address(p.w());
        segments[WORDS * i + 1] = Strided.address(p.g());
        segments[WORDS * i + 2] = m ? Strided.address(p.m()) : 0;
        segments[WORDS * i + 3] = v ? Strided.address(p.v()) : 0;
        segments[WORDS * i + 4] = p.w().size();
        longest = Math.max(longest, p.w().size());
      }
      long blocks = (longest / 4 + THREADS) / THREADS;
      gpu.launch("update_many", kernel)
          .longs(options)
          .i64(rate)
          .i32(lr.dtype().ordinal())
          .longs(segments)
          .run((int) Math.min(blocks, 8L * gpu.context().processors()), some.size(), THREADS, 1);
    }
    return true;
  }

  private static boolean dense(View x) {
    return x.dtype() == DType.F32 && x.layout().isContiguous() && Strided.address(x) % 16 == 0;
  }
}
