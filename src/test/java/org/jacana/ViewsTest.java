package org.jacana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random chains of views against a model that copies plain arrays. */
class ViewsTest {
  /** Elements in row-major order; each step makes a new array. */
  private record Model(double[] v, int... dims) {
    private interface Source {
      /** Turns coordinates of the result into coordinates of this. */
      int[] of(int[] at);
    }

    private Model map(int[] to, Source source) {
      int n = 1;
      for (int d : to) {
        n *= d;
      }
      double[] out = new double[n];
      for (int i = 0; i < n; i++) {
        int[] at = new int[to.length];
        for (int a = to.length - 1, rest = i; a >= 0; a--) {
          at[a] = rest % to[a];
          rest /= to[a];
        }
        int p = 0;
        int[] from = source.of(at);
        for (int a = 0; a < dims.length; a++) {
          p = p * dims[a] + from[a];
        }
        out[i] = v[p];
      }
      return new Model(out, to);
    }

    Model permute(int[] order) {
      int[] to = Arrays.stream(order).map(a -> dims[a]).toArray();
      return map(
          to,
          at -> {
            int[] from = new int[dims.length];
            for (int i = 0; i < order.length; i++) {
              from[order[i]] = at[i];
            }
            return from;
          });
    }

    Model slice(int axis, int start, int end, int step) {
      int[] to = dims.clone();
      to[axis] = (end - start + step - 1) / step;
      return map(
          to,
          at -> {
            int[] from = at.clone();
            from[axis] = start + at[axis] * step;
            return from;
          });
    }

    Model flip(int axis) {
      return map(
          dims,
          at -> {
            int[] from = at.clone();
            from[axis] = dims[axis] - 1 - at[axis];
            return from;
          });
    }

    Model expand(int[] to) {
      int lead = to.length - dims.length;
      return map(
          to,
          at -> {
            int[] from = new int[dims.length];
            for (int a = 0; a < from.length; a++) {
              from[a] = dims[a] == 1 ? 0 : at[a + lead];
            }
            return from;
          });
    }
  }

  private static int[] shuffled(Random r, int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int k = r.nextInt(i + 1);
      order[i] = order[k];
      order[k] = i;
    }
    return order;
  }

  private static int[] factors(Random r, int n) {
    int[] out = new int[1 + r.nextInt(4)];
    Arrays.fill(out, 1);
    for (int p = 2, rest = n; rest > 1; p++) {
      while (rest % p == 0) {
        out[r.nextInt(out.length)] *= p;
        rest /= p;
      }
    }
    return out;
  }

  private static void chain(long seed) {
    Random r = new Random(seed);
    int[] dims = new int[r.nextInt(5)];
    Arrays.setAll(dims, i -> r.nextInt(10) == 0 ? 0 : 1 + r.nextInt(4));
    int n = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    double[] v = new double[n];
    Arrays.setAll(v, i -> i + 1);
    Model m = new Model(v, dims);
    Tensor t = Tensor.of(v, n).reshape(Shape.of(dims));
    StringBuilder story = new StringBuilder("seed " + seed + ": " + Arrays.toString(dims));
    for (int step = 0; step < 6; step++) {
      int rank = m.dims().length;
      int axis = rank == 0 ? 0 : r.nextInt(rank);
      switch (r.nextInt(5)) {
        case 0 -> {
          int[] order = shuffled(r, rank);
          story.append(" permute ").append(Arrays.toString(order));
          m = m.permute(order);
          t = t.permute(order);
        }
        case 1 -> {
          if (rank > 0) {
            int d = m.dims()[axis];
            int start = r.nextInt(d + 1);
            int end = start + r.nextInt(d - start + 1);
            int by = 1 + r.nextInt(3);
            story.append(" slice ").append(axis + ":" + start + ".." + end + "/" + by);
            m = m.slice(axis, start, end, by);
            t = t.slice(axis, start, end, by);
          }
        }
        case 2 -> {
          int size = m.v().length;
          int[] to = size == 0 ? new int[] {2, 0, 3} : factors(r, size);
          story.append(" reshape ").append(Arrays.toString(to));
          m = new Model(m.v(), to);
          t = t.reshape(to);
        }
        case 3 -> {
          if (rank > 0) {
            story.append(" flip ").append(axis);
            m = m.flip(axis);
            t = t.flip(axis);
          }
        }
        default -> {
          if (m.v().length < 300 && rank < 6) {
            int lead = r.nextInt(2);
            int[] to = new int[rank + lead];
            for (int a = 0; a < to.length; a++) {
              int d = a < lead ? 1 : m.dims()[a - lead];
              to[a] = d == 1 ? 1 + r.nextInt(3) : d;
            }
            story.append(" expand ").append(Arrays.toString(to));
            m = m.expand(to);
            t = t.expand(to);
          }
        }
      }
      assertArrayEquals(m.dims(), t.shape().dims(), story.toString());
      assertArrayEquals(m.v(), t.doubles(), story.toString());
      assertArrayEquals(m.v(), t.contiguous().doubles(), story.toString());
    }
    assertEquals(Arrays.stream(m.v()).sum(), t.sum().item(), 1e-9, story.toString());
    if (!t.view().layout().overlaps()) {
      double[] w = new double[m.v().length];
      Arrays.setAll(w, i -> -i - 1);
      Tensor other = t.reshape(t.shape());
      t.assign(Tensor.of(w, w.length).reshape(t.shape()));
      assertArrayEquals(w, other.doubles(), "written through " + story);
    }
  }

  @Test
  void aThousandChainsOfViewsMatchPlainArrays() {
    for (int seed = 0; seed < 1000; seed++) {
      try (Scope s = Scope.open(seed % 2 == 0 ? Device.REFERENCE : Device.CPU)) {
        chain(seed);
      }
    }
  }

  @Test
  void aThousandPairsOfShapesBroadcastAsNumpyDoes() {
    Random r = new Random(1);
    for (int i = 0; i < 1000; i++) {
      int rank = r.nextInt(5);
      int[] full = new int[rank];
      Arrays.setAll(full, a -> r.nextInt(5));
      int[] a = full.clone();
      int[] b = full.clone();
      for (int k = 0; k < rank; k++) {
        switch (r.nextInt(3)) {
          case 0 -> a[k] = 1;
          case 1 -> b[k] = 1;
          default -> {}
        }
      }
      int cut = rank == 0 ? 0 : r.nextInt(rank + 1);
      int[] tail = Arrays.copyOfRange(b, cut, rank);
      for (int k = 0; k < rank; k++) {
        full[k] = k < cut ? a[k] : a[k] == 1 ? b[k] : a[k];
      }
      Shape s = Shape.of(a);
      Shape t = Shape.of(tail);
      assertEquals(Shape.of(full), Shape.broadcast("test", s, t));
      assertEquals(Shape.of(full), Shape.broadcast("test", t, s));
    }
  }

  @Test
  void viewsShareMemory() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.arange(6).reshape(2, 3);
      x.transpose(0, 1).select(0, 1).assign(Tensor.of(new int[] {70, 80}));
      assertArrayEquals(new int[] {0, 70, 2, 3, 80, 5}, x.ints());
      assertTrue(x.transpose(0, 1).view().buffer() == x.view().buffer());
      assertTrue(x.copy().view().buffer() != x.view().buffer());
    }
  }
}
