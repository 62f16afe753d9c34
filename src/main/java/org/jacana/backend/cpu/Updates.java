package org.jacana.backend.cpu;

import java.util.List;
import org.jacana.backend.Backend.Slots;
import org.jacana.backend.View;

/** Optimizer steps on F32, of many parameters at once: by oneDNN where they are long and dense. */
final class Updates {
  /** Fewer elements go faster in Java. */
  private static final long LEAST = 1 << 16;

  private final Workers workers;
  private final boolean natives;

  Updates(Workers workers, boolean natives) {
    this.workers = workers;
    this.natives = natives;
  }

  void sgd(List<Slots> all, SgdRule r) {
    try (Factors f = natives ? NativeSgd.factors(r) : null) {
      run(
          all,
          (s, from, to) -> {
            if (f == null || !isNative(s) || !NativeSgd.run(r, f, s, from, to)) {
              FloatOptim.sgd(r, s, from, to);
            }
          });
    }
  }

  void adam(List<Slots> all, AdamRule r) {
    try (Factors f = natives ? NativeAdam.factors(r) : null) {
      run(
          all,
          (s, from, to) -> {
            if (f == null || !isNative(s) || !NativeAdam.run(r, f, s, from, to)) {
              FloatOptim.adam(r, s, from, to);
            }
          });
    }
  }

  private void run(List<Slots> all, Bundles.Update update) {
    if (!natives) {
      Bundles.run(workers, all, update);
      return;
    }
    Bundles.run(
        workers,
        all,
        (s, from, to) -> {
          Native.single();
          update.run(s, from, to);
        });
  }

  private static boolean isNative(Slots s) {
    return takes(s.w()) && takes(s.g()) && takes(s.m()) && takes(s.v());
  }

  private static boolean takes(View v) {
    return v == null || v.layout().isContiguous() && v.size() >= LEAST;
  }
}
