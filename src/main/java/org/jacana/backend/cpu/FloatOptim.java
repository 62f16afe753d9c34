package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Loops;
import org.jacana.backend.reference.Tiles;

/** Optimizer steps on F32 in one pass over memory. */
final class FloatOptim {
  private static final long GRAIN = 16 * TILE;

  private FloatOptim() {}

  static void sgd(
      Loops loops,
      View w,
      View g,
      View m,
      float lr,
      float momentum,
      float dampening,
      float decay,
      boolean nesterov,
      boolean first) {
    loops.ranges(
        w.size(),
        GRAIN,
        (from, to) -> {
          Cursor cw = new Cursor(w);
          Cursor cg = new Cursor(g);
          Cursor cm = m == null ? null : new Cursor(m);
          float[] tw = Tiles.floats(TILE);
          float[] tg = Tiles.floats(TILE);
          float[] tm = Tiles.floats(TILE);
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            cw.get(i, n, tw);
            cg.get(i, n, tg);
            if (decay != 0) {
              axpy(tg, decay, tw, n);
            }
            if (cm == null) {
              axpy(tw, -lr, tg, n);
            } else {
              if (first) {
                System.arraycopy(tg, 0, tm, 0, n);
              } else {
                cm.get(i, n, tm);
                blend(tm, momentum, tg, 1 - dampening, n);
              }
              cm.put(i, n, tm);
              if (nesterov) {
                axpy(tg, momentum, tm, n);
                axpy(tw, -lr, tg, n);
              } else {
                axpy(tw, -lr, tm, n);
              }
            }
            cw.put(i, n, tw);
          }
        });
  }

  /** By oneDNN where {@code split} is given and takes it, else in Java. */
  static void adam(
      Loops loops,
      Split split,
      View w,
      View g,
      View m,
      View v,
      float lr,
      View corrections,
      double beta1,
      double beta2,
      float epsilon,
      float decay,
      boolean decoupled) {
    double[] c = new double[2];
    new Cursor(corrections).get(0, 2, c);
    float rate = (float) (lr / c[0]);
    float scale = (float) (1 / Math.sqrt(c[1]));
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float c1 = (float) (1 - beta1);
    float c2 = (float) (1 - beta2);
    float shrink = decoupled ? 1 - lr * decay : 1;
    float pull = decoupled ? 0 : decay;
    if (split != null
        && NativeSgd.takes(w, g, m, v)
        && NativeAdam.run(split, w, g, m, v, beta1, beta2, rate, scale, epsilon, shrink, pull)) {
      return;
    }
    loops.ranges(
        w.size(),
        GRAIN,
        (from, to) -> {
          Cursor cw = new Cursor(w);
          Cursor cg = new Cursor(g);
          Cursor cm = new Cursor(m);
          Cursor cv = new Cursor(v);
          float[] tw = Tiles.floats(TILE);
          float[] tg = Tiles.floats(TILE);
          float[] tm = Tiles.floats(TILE);
          float[] tv = Tiles.floats(TILE);
          for (long i = from; i < to; i += TILE) {
            int n = (int) Math.min(TILE, to - i);
            cw.get(i, n, tw);
            cg.get(i, n, tg);
            cm.get(i, n, tm);
            cv.get(i, n, tv);
            if (pull != 0) {
              axpy(tg, pull, tw, n);
            }
            blend(tm, b1, tg, c1, n);
            for (int k = 0; k < n; k++) {
              tv[k] = b2 * tv[k] + c2 * (tg[k] * tg[k]);
            }
            for (int k = 0; k < n; k++) {
              tw[k] = tw[k] * shrink - rate * tm[k] / ((float) Math.sqrt(tv[k]) * scale + epsilon);
            }
            cm.put(i, n, tm);
            cv.put(i, n, tv);
            cw.put(i, n, tw);
          }
        });
  }

  private static void axpy(float[] y, float a, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      y[i] += a * x[i];
    }
  }

  private static void blend(float[] y, float a, float[] x, float b, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a * y[i] + b * x[i];
    }
  }
}
