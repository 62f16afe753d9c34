package org.jacana.backend.reference;

import org.jacana.Shape;
import org.jacana.backend.PoolSpec;
import org.jacana.backend.View;

/** Max and average pooling as plain loops, image by image. */
final class Pooling {
  private Pooling() {}

  /** One image's windows: where they lie and which elements they hold. */
  private record Windows(PoolSpec s, int h, int w, int c, int oh, int ow) {
    static Windows of(PoolSpec s, Shape x, Shape y) {
      return new Windows(s, x.dim(1), x.dim(2), x.dim(3), y.dim(1), y.dim(2));
    }

    interface Visit {
      void at(int output, int input, int position, int divisor);
    }

    /** Visits every (window, element) pair; offsets are of channel 0 within the image. */
    void forEach(Visit body) {
      for (int oy = 0; oy < oh; oy++) {
        int top = oy * s.strideH() - s.padH();
        for (int ox = 0; ox < ow; ox++) {
          int left = ox * s.strideW() - s.padW();
          int divisor = s.divisor(top, left, h, w);
          for (int ky = Math.max(0, -top); ky < s.kernelH() && top + ky < h; ky++) {
            for (int kx = Math.max(0, -left); kx < s.kernelW() && left + kx < w; kx++) {
              body.at(
                  (oy * ow + ox) * c,
                  ((top + ky) * w + left + kx) * c,
                  ky * s.kernelW() + kx,
                  divisor);
            }
          }
        }
      }
    }

    int inputs() {
      return h * w * c;
    }

    int outputs() {
      return oh * ow * c;
    }

    /** The input offset of a position in the window of an output element. */
    int input(int output, int position) {
      int channel = output % c;
      int ox = output / c % ow;
      int oy = output / c / ow;
      int y = oy * s.strideH() - s.padH() + position / s.kernelW();
      int x = ox * s.strideW() - s.padW() + position % s.kernelW();
      return (y * w + x) * c + channel;
    }
  }

  static void max(Loops loops, PoolSpec s, View y, View index, View x) {
    Windows g = Windows.of(s, x.shape(), y.shape());
    loops.run(
        x.shape().dim(0),
        i -> {
          double[] in = new double[g.inputs()];
          double[] out = new double[g.outputs()];
          double[] where = new double[g.outputs()];
          new Cursor(x).get((long) i * in.length, in.length, in);
          java.util.Arrays.fill(where, -1);
          g.forEach(
              (o, p, position, divisor) -> {
                for (int c = 0; c < g.c; c++) {
                  double v = in[p + c];
                  if (where[o + c] < 0 || v > out[o + c] || (v != v && out[o + c] == out[o + c])) {
                    out[o + c] = v;
                    where[o + c] = position;
                  }
                }
              });
          new Cursor(y).put((long) i * out.length, out.length, out);
          new Cursor(index).put((long) i * out.length, out.length, where);
        });
  }

  static void maxGrad(Loops loops, PoolSpec s, View dx, View dy, View index) {
    Windows g = Windows.of(s, dx.shape(), dy.shape());
    loops.run(
        dx.shape().dim(0),
        i -> {
          double[] d = new double[g.outputs()];
          double[] where = new double[g.outputs()];
          double[] out = new double[g.inputs()];
          new Cursor(dy).get((long) i * d.length, d.length, d);
          new Cursor(index).get((long) i * d.length, d.length, where);
          for (int o = 0; o < d.length; o++) {
            out[g.input(o, (int) where[o])] += d[o];
          }
          new Cursor(dx).put((long) i * out.length, out.length, out);
        });
  }

  static void maxGather(Loops loops, PoolSpec s, View out, View x, View index) {
    Windows g = Windows.of(s, x.shape(), out.shape());
    loops.run(
        x.shape().dim(0),
        i -> {
          double[] in = new double[g.inputs()];
          double[] where = new double[g.outputs()];
          double[] y = new double[g.outputs()];
          new Cursor(x).get((long) i * in.length, in.length, in);
          new Cursor(index).get((long) i * where.length, where.length, where);
          for (int o = 0; o < y.length; o++) {
            y[o] = in[g.input(o, (int) where[o])];
          }
          new Cursor(out).put((long) i * y.length, y.length, y);
        });
  }

  static void average(Loops loops, PoolSpec s, View y, View x) {
    Windows g = Windows.of(s, x.shape(), y.shape());
    loops.run(
        x.shape().dim(0),
        i -> {
          double[] in = new double[g.inputs()];
          double[] out = new double[g.outputs()];
          new Cursor(x).get((long) i * in.length, in.length, in);
          g.forEach(
              (o, p, position, divisor) -> {
                for (int c = 0; c < g.c; c++) {
                  out[o + c] += in[p + c] / divisor;
                }
              });
          new Cursor(y).put((long) i * out.length, out.length, out);
        });
  }

  static void averageGrad(Loops loops, PoolSpec s, View dx, View dy) {
    Windows g = Windows.of(s, dx.shape(), dy.shape());
    loops.run(
        dx.shape().dim(0),
        i -> {
          double[] d = new double[g.outputs()];
          double[] out = new double[g.inputs()];
          new Cursor(dy).get((long) i * d.length, d.length, d);
          g.forEach(
              (o, p, position, divisor) -> {
                for (int c = 0; c < g.c; c++) {
                  out[p + c] += d[o + c] / divisor;
                }
              });
          new Cursor(dx).put((long) i * out.length, out.length, out);
        });
  }
}
