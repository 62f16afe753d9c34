package org.jacana.backend.cuda;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.Layout;
import org.jacana.backend.Reduction;
import org.jacana.backend.View;

/**
 * Convolutions and their gradients: F32, F16 and BF16 by cuDNN, and by {@code cuda/conv.cu} the
 * other types, mixtures, and what cuDNN has no kernel for. Sums of half types are in float32; F32
 * is full float32 unless TF32 was asked for.
 */
final class Convolutions {
  /** Plans kept; the one that was used longest ago goes first. */
  private static final int MOST_PLANS = 1024;

  private final Gpu gpu;
  private final Copies copies;
  private final Epilogue epilogue;
  private final DirectConv direct;
  private final Reductions reductions;
  private final Map<ConvPlan.Key, ConvPlan> plans = new LinkedHashMap<>(64, 0.75f, true);
  private Dnn dnn;

  Convolutions(Gpu gpu) {
    this.gpu = gpu;
    copies = new Copies(gpu);
    epilogue = new Epilogue(gpu);
    direct = new DirectConv(gpu);
    reductions = new Reductions(gpu);
  }

  void conv(ConvSpec s, View y, View x, View w) {
    if (!trivial(y, x, w)) {
      ConvGeometry g = ConvGeometry.of(s, x.shape(), w.shape(), y.shape());
      staged(ConvKind.FORWARD, g, s, x, w, y);
    }
  }

  void convGradInput(ConvSpec s, View dx, View dy, View w) {
    if (!trivial(dx, dy, w)) {
      ConvGeometry g = ConvGeometry.of(s, dx.shape(), w.shape(), dy.shape());
      staged(ConvKind.GRAD_INPUT, g, s, dx, w, dy);
    }
  }

  void convGradWeight(ConvSpec s, View dw, View x, View dy) {
    if (!trivial(dw, x, dy)) {
      ConvGeometry g = ConvGeometry.of(s, x.shape(), dw.shape(), dy.shape());
      staged(ConvKind.GRAD_WEIGHT, g, s, x, dw, dy);
    }
  }

  /** Results without elements, or sums without terms. */
  private boolean trivial(View out, View a, View b) {
    if (out.size() > 0 && (a.size() == 0 || b.size() == 0)) {
      copies.fill(out, 0);
    }
    return out.size() == 0 || a.size() == 0 || b.size() == 0;
  }

  /** With contiguous, aligned copies of the operands that are not. */
  private void staged(ConvKind kind, ConvGeometry g, ConvSpec s, View x, View w, View y) {
    boolean library = x.dtype() == w.dtype() && x.dtype() == y.dtype() && Dnn.takes(x.dtype());
    try (Staging staging = new Staging(gpu, copies)) {
      View xs = ready(kind == ConvKind.GRAD_INPUT, staging, x);
      View ws = ready(kind == ConvKind.GRAD_WEIGHT, staging, w);
      View ys = ready(kind == ConvKind.FORWARD, staging, y);
      if (!library || !byLibrary(kind, g, s, xs, ws, ys, staging)) {
        direct.run(kind, g, xs, ws, ys);
      }
      if (xs != x && kind == ConvKind.GRAD_INPUT) {
        copies.copy(x, xs);
      }
      if (ws != w && kind == ConvKind.GRAD_WEIGHT) {
        copies.copy(w, ws);
      }
      if (ys != y && kind == ConvKind.FORWARD) {
        copies.copy(y, ys);
      }
    }
  }

  private static View ready(boolean output, Staging staging, View v) {
    if (v.layout().isContiguous() && Strided.address(v) % 16 == 0) {
      return v;
    }
    return output ? staging.blank(v.dtype(), v.shape()) : staging.copy(v);
  }

  /** By cuDNN, with an image that holds its padding where that differs between its ends. */
  private boolean byLibrary(
      ConvKind kind, ConvGeometry g, ConvSpec s, View x, View w, View y, Staging staging) {
    if (g.symmetric()) {
      return planned(kind, g, x, w, y);
    }
    int height = g.h() + s.padTop() + s.padBottom();
    int width = g.w() + s.padLeft() + s.padRight();
    View wide = staging.blank(x.dtype(), Shape.of(g.n(), height, width, g.c()));
    Layout inner = wide.layout().slice(1, g.top(), g.h(), 1).slice(2, g.left(), g.w(), 1);
    if (kind != ConvKind.GRAD_INPUT) {
      copies.fill(wide, 0);
      copies.copy(wide.with(inner), x);
    }
    if (!planned(kind, g.padded(height, width), wide, w, y)) {
      return false;
    }
    if (kind == ConvKind.GRAD_INPUT) {
      copies.copy(x, wide.with(inner));
    }
    return true;
  }

  private boolean planned(ConvKind kind, ConvGeometry g, View x, View w, View y) {
    gpu.lock().lock();
    try {
      gpu.context().enter();
      if (dnn == null) {
        dnn = new Dnn(gpu);
      }
      ConvAlgorithm.Operands at =
          new ConvAlgorithm.Operands(
              Staging.pointer(x, 0), Staging.pointer(w, 0), Staging.pointer(y, 0));
      return plan(key(kind, g, x.dtype()), at).run(at);
    } finally {
      gpu.lock().unlock();
    }
  }

  private ConvPlan.Key key(ConvKind kind, ConvGeometry g, DType t) {
    return new ConvPlan.Key(kind, g, t, gpu.deterministic(), t == DType.F32 && gpu.allowTf32());
  }

  private ConvPlan plan(ConvPlan.Key key, ConvAlgorithm.Operands at) {
    ConvPlan p = plans.get(key);
    if (p == null) {
      if (plans.size() >= MOST_PLANS) {
        var oldest = plans.entrySet().iterator();
        oldest.next().getValue().close();
        oldest.remove();
      }
      p = new ConvPlan(dnn, key, at);
      plans.put(key, p);
    }
    return p;
  }

  /** The algorithm of cuDNN in use for a convolution, -1 for none; null where it never ran. */
  Integer algorithm(ConvKind kind, ConvGeometry g, DType t) {
    ConvPlan p = plans.get(key(kind, g, t));
    return p == null ? null : Integer.valueOf(p.algorithm());
  }

  /** How many plans are kept. */
  int plans() {
    return plans.size();
  }

  /** F32, F16 and BF16 of one type; the rest is left to the composite form. */
  boolean convBias(ConvSpec s, View y, View x, View w, View b, boolean relu) {
    if (b != null || relu) {
      if (!epilogue.takes(y, b)) {
        return false;
      }
      conv(s, y, x, w);
      epilogue.run(y, b, relu);
    } else {
      conv(s, y, x, w);
    }
    return true;
  }

  /** One after the other: the bias's gradient reads dy once more, from the cache if it fits. */
  boolean convGradWeightBias(ConvSpec s, View dw, View db, View x, View dy) {
    convGradWeight(s, dw, x, dy);
    reductions.reduce(Reduction.SUM, db.expand(Shape.of(1, 1, 1, db.layout().dim(0))), dy);
    return true;
  }
}
