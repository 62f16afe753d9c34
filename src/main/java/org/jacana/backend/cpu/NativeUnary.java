package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import java.nio.IntBuffer;
import java.util.Map;
import org.jacana.backend.UnaryKernel;
import org.jacana.backend.View;
import org.jacana.backend.reference.HostBuffer;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/** Pointwise functions by oneDNN; what it gets wrong at a few inputs is computed again in Java. */
final class NativeUnary {
  private static final long GRAIN = 64 * TILE;

  private static final Map<String, Eltwise> FUNCTIONS =
      Map.of(
          "tanh", Eltwise.TANH,
          "sigmoid", Eltwise.LOGISTIC,
          "exp", Eltwise.EXP,
          "gelu", Eltwise.GELU,
          "silu", Eltwise.SWISH,
          "elu", Eltwise.ELU);

  private NativeUnary() {}

  /** out = f(x), both F32 and contiguous; false where oneDNN has no such function. */
  static boolean run(Split split, UnaryKernel f, double p, double q, View out, View x) {
    if (f.kernel().equals("exp")
        && split.keepNan(KeepNan.EXP, Operands.address(out), Operands.address(x), out.size())) {
      return true;
    }
    Eltwise fast = FUNCTIONS.get(f.kernel());
    // Only ELU has a factor; SWISH's is 1.
    float alpha = fast == Eltwise.ELU ? (float) p : 1;
    if (fast == null
        || !split.eltwise(fast, Operands.address(out), Operands.address(x), out.size(), alpha)) {
      return false;
    }
    if (fast.hasWrong()) {
      mend(split.workers(), fast, f, p, q, out, x);
    }
    return true;
  }

  private static void mend(
      Loops loops, Eltwise fast, UnaryKernel f, double p, double q, View out, View x) {
    IntBuffer in = ((HostBuffer) x.buffer()).ints();
    HostBuffer to = (HostBuffer) out.buffer();
    int inAt = (int) x.layout().offset();
    int outAt = (int) out.layout().offset();
    loops.ranges(
        x.size(),
        GRAIN,
        (from, end) -> {
          int[] t = Tiles.ints((int) Math.min(TILE, end - from));
          for (int i = (int) from; i < end; i += TILE) {
            int n = (int) Math.min(TILE, end - i);
            in.get(inAt + i, t, 0, n);
            if (any(fast, t, n) < 0) {
              for (int k = 0; k < n; k++) {
                if (fast.wrongAt(t[k]) < 0) {
                  float y = (float) f.apply(Float.intBitsToFloat(t[k]), p, q);
                  to.floats().put(outAt + i + k, y);
                }
              }
            }
          }
        });
  }

  /** Negative if one is; the JIT vectorises loops without a choice inside. */
  private static int any(Eltwise fast, int[] t, int n) {
    return fast == Eltwise.EXP ? notNumbers(t, n) : large(t, n);
  }

  private static int notNumbers(int[] t, int n) {
    int any = 0;
    for (int i = 0; i < n; i++) {
      any |= 0x7f800000 - (t[i] & 0x7fffffff);
    }
    return any;
  }

  private static int large(int[] t, int n) {
    int any = 0;
    for (int i = 0; i < n; i++) {
      any |= 0x7effffff - (t[i] & 0x7fffffff);
    }
    return any;
  }
}
