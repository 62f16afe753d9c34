package org.jacana.backend.reference;

import org.jacana.Shape;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/** Matrix products and the three convolutions as plain loops over double arrays. */
final class Products {
  private Products() {}

  /** All elements of a view, row-major. */
  static double[] array(View v) {
    double[] a = new double[Math.toIntExact(v.size())];
    new Cursor(v).get(0, a.length, a);
    return a;
  }

  static void matmul(Loops loops, View c, View a, View b) {
    int r = c.layout().rank();
    int m = c.layout().dim(r - 2);
    int n = c.layout().dim(r - 1);
    int k = a.layout().dim(r - 1);
    if (c.size() == 0) {
      return;
    }
    long batches = c.size() / ((long) m * n);
    int step = Math.max(1, (m + 15) / 16);
    for (long batch = 0; batch < batches; batch++) {
      View bs = matrix(b, batch);
      View as = matrix(a, batch);
      View cs = matrix(c, batch);
      double[] right = array(bs);
      loops.ranges(
          m,
          step,
          (from, to) -> {
            Cursor left = new Cursor(as);
            Cursor out = new Cursor(cs);
            double[] row = new double[k];
            double[] acc = new double[n];
            for (long i = from; i < to; i++) {
              left.get(i * k, k, row);
              java.util.Arrays.fill(acc, 0);
              for (int p = 0; p < k; p++) {
                axpy(row[p], right, p * n, acc, 0, n);
              }
              out.put(i * n, n, acc);
            }
          });
    }
  }

  /** The last two axes at a position of the leading ones. */
  private static View matrix(View v, long batch) {
    Layout l = v.layout();
    for (int axis = l.rank() - 3; axis >= 0; axis--) {
      int d = l.dim(axis);
      l = l.select(axis, (int) (batch % d));
      batch /= d;
    }
    return v.with(l);
  }

  private static void axpy(double s, double[] x, int xAt, double[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] += s * x[xAt + i];
    }
  }

  private static double dot(double[] x, int xAt, double[] y, int yAt, int n) {
    double a = 0;
    double b = 0;
    int i = 0;
    for (; i + 2 <= n; i += 2) {
      a += x[xAt + i] * y[yAt + i];
      b += x[xAt + i + 1] * y[yAt + i + 1];
    }
    return i < n ? a + b + x[xAt + i] * y[yAt + i] : a + b;
  }

  /** Extents of a convolution, and the walk over pairs of output position and filter tap. */
  private record Grid(
      ConvSpec s, int n, int h, int w, int c, int o, int kh, int kw, int oh, int ow) {
    static Grid of(ConvSpec s, Shape x, Shape w, Shape y) {
      return new Grid(
          s, x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(0), w.dim(1), w.dim(2), y.dim(1),
          y.dim(2));
    }

    interface Tap {
      /** Element offsets of pixel x[n,ih,iw,0], output y[n,oy,ox,0] and the tap kh*KW+kw. */
      void at(int xAt, int yAt, int tap);
    }

    void image(int i, Tap body) {
      for (int oy = 0; oy < oh; oy++) {
        for (int ox = 0; ox < ow; ox++) {
          int yAt = ((i * oh + oy) * ow + ox) * o;
          for (int ky = 0; ky < kh; ky++) {
            int iy = oy * s.strideH() - s.padTop() + ky * s.dilationH();
            if (iy < 0 || iy >= h) {
              continue;
            }
            for (int kx = 0; kx < kw; kx++) {
              int ix = ox * s.strideW() - s.padLeft() + kx * s.dilationW();
              if (ix >= 0 && ix < w) {
                body.at(((i * h + iy) * w + ix) * c, yAt, ky * kw + kx);
              }
            }
          }
        }
      }
    }
  }

  static void conv(Loops loops, ConvSpec s, View y, View x, View w) {
    Grid g = Grid.of(s, x.shape(), w.shape(), y.shape());
    double[] in = array(x);
    double[] filter = array(w);
    double[] out = new double[Math.toIntExact(y.size())];
    int cg = g.c / s.groups();
    int og = g.o / s.groups();
    loops.run(
        g.n,
        i ->
            g.image(
                i,
                (xAt, yAt, tap) -> {
                  for (int o = 0; o < g.o; o++) {
                    out[yAt + o] +=
                        dot(in, xAt + o / og * cg, filter, (o * g.kh * g.kw + tap) * cg, cg);
                  }
                }));
    new Cursor(y).put(0, out.length, out);
  }

  static void convGradInput(Loops loops, ConvSpec s, View dx, View dy, View w) {
    Grid g = Grid.of(s, dx.shape(), w.shape(), dy.shape());
    double[] d = array(dy);
    double[] filter = array(w);
    double[] out = new double[Math.toIntExact(dx.size())];
    int cg = g.c / s.groups();
    int og = g.o / s.groups();
    loops.run(
        g.n,
        i ->
            g.image(
                i,
                (xAt, yAt, tap) -> {
                  for (int o = 0; o < g.o; o++) {
                    axpy(
                        d[yAt + o],
                        filter,
                        (o * g.kh * g.kw + tap) * cg,
                        out,
                        xAt + o / og * cg,
                        cg);
                  }
                }));
    new Cursor(dx).put(0, out.length, out);
  }

  static void convGradWeight(Loops loops, ConvSpec s, View dw, View x, View dy) {
    Grid g = Grid.of(s, x.shape(), dw.shape(), dy.shape());
    double[] in = array(x);
    double[] d = array(dy);
    double[] out = new double[Math.toIntExact(dw.size())];
    int cg = g.c / s.groups();
    int og = g.o / s.groups();
    loops.run(
        g.o,
        o -> {
          for (int i = 0; i < g.n; i++) {
            g.image(
                i,
                (xAt, yAt, tap) ->
                    axpy(d[yAt + o], in, xAt + o / og * cg, out, (o * g.kh * g.kw + tap) * cg, cg));
          }
        });
    new Cursor(dw).put(0, out.length, out);
  }
}
