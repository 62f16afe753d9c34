package org.jacana.backend.cpu;

import static org.jacana.backend.reference.Cursor.TILE;

import org.jacana.backend.Backend.Slots;
import org.jacana.backend.reference.Cursor;
import org.jacana.backend.reference.Tiles;

/** Optimizer steps on F32 in one pass over memory; elements from..to of a parameter. */
final class FloatOptim {
  private FloatOptim() {}

  static void sgd(SgdRule r, Slots s, long from, long to) {
    Cursor cw = new Cursor(s.w());
    Cursor cg = new Cursor(s.g());
    Cursor cm = s.m() == null ? null : new Cursor(s.m());
    float[] tw = Tiles.floats(TILE);
    float[] tg = Tiles.floats(TILE);
    float[] tm = Tiles.floats(TILE);
    for (long i = from; i < to; i += TILE) {
      int n = (int) Math.min(TILE, to - i);
      cw.get(i, n, tw);
      cg.get(i, n, tg);
      if (r.decay() != 0) {
        axpy(tg, r.decay(), tw, n);
      }
      if (cm == null) {
        axpy(tw, -r.lr(), tg, n);
      } else {
        if (r.first()) {
          System.arraycopy(tg, 0, tm, 0, n);
        } else {
          cm.get(i, n, tm);
          blend(tm, r.momentum(), tg, 1 - r.dampening(), n);
        }
        cm.put(i, n, tm);
        if (r.nesterov()) {
          axpy(tg, r.momentum(), tm, n);
          axpy(tw, -r.lr(), tg, n);
        } else {
          axpy(tw, -r.lr(), tm, n);
        }
      }
      cw.put(i, n, tw);
    }
  }

  static void adam(AdamRule r, Slots s, long from, long to) {
    Cursor cw = new Cursor(s.w());
    Cursor cg = new Cursor(s.g());
    Cursor cm = new Cursor(s.m());
    Cursor cv = new Cursor(s.v());
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
      if (r.pull() != 0) {
        axpy(tg, r.pull(), tw, n);
      }
      blend(tm, (float) r.b1(), tg, (float) (1 - r.b1()), n);
      squares(tv, (float) r.b2(), tg, (float) (1 - r.b2()), n);
      move(tw, tm, tv, r.rate(), r.scale(), r.epsilon(), r.shrink(), n);
      cm.put(i, n, tm);
      cv.put(i, n, tv);
      cw.put(i, n, tw);
    }
  }

  private static void squares(float[] v, float a, float[] d, float b, int n) {
    for (int k = 0; k < n; k++) {
      v[k] = a * v[k] + b * (d[k] * d[k]);
    }
  }

  private static void move(
      float[] w, float[] m, float[] v, float rate, float scale, float epsilon, float keep, int n) {
    for (int k = 0; k < n; k++) {
      w[k] = w[k] * keep - rate * m[k] / ((float) Math.sqrt(v[k]) * scale + epsilon);
    }
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
