package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.backend.ConvSpec;

/**
 * Rows of normalisations, attention, interpolation, adaptive pooling and other layers' functions.
 */
final class NetworkCases {
  private final List<OpCase> rows = new ArrayList<>();

  static List<OpCase> all() {
    NetworkCases t = new NetworkCases();
    t.norms();
    t.attention();
    t.sizes();
    t.convolutions();
    t.embeddings();
    t.dropouts();
    return t.rows;
  }

  private static int[] of(int... shape) {
    return shape;
  }

  private void norms() {
    int[][][] layers = {
      {{2, 4}, {1}}, {{2, 3, 2}, {2}}, {{2, 3, 4}, {1}}, {{5}, {1}}, {{0, 3}, {1}}
    };
    for (int[][] s : layers) {
      int n = s[1][0];
      int[] w = Arrays.copyOfRange(s[0], s[0].length - n, s[0].length);
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  "Norms.layerNorm(Tensor,int,Tensor,Tensor,double)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.in(0.5, 1.5, w), v.in(-1, 1, w)),
                  x -> Norms.layerNorm(x[0], n, x[1], x[2], 1e-3))
              .transcendental());
      rows.add(
          row(
                  "Norms.rmsNorm(Tensor,int,Tensor,double)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.in(0.5, 1.5, w)),
                  x -> Norms.rmsNorm(x[0], n, x[1], 1e-3))
              .transcendental());
    }
    rows.add(
        row(
                "Norms.layerNorm(Tensor,int,Tensor,Tensor,double) plain",
                v -> args(v.in(-2, 2, 2, 3)),
                x -> Norms.layerNorm(x[0], 1, null, null, 1e-3))
            .transcendental());
    int[][][] groups = {
      {{2, 4}, {2}}, {{2, 3, 4}, {2}}, {{1, 2, 2, 6}, {3}}, {{2, 3, 2}, {1}}, {{0, 2, 2}, {1}}
    };
    for (int[][] s : groups) {
      int c = s[0][s[0].length - 1];
      rows.add(
          row(
                  "Norms.groupNorm(Tensor,int,Tensor,Tensor,double) " + Arrays.deepToString(s),
                  v -> args(v.in(-2, 2, s[0]), v.in(0.5, 1.5, c), v.in(-1, 1, c)),
                  x -> Norms.groupNorm(x[0], s[1][0], x[1], x[2], 1e-3))
              .transcendental());
      if (s[0].length > 2) {
        rows.add(
            row(
                    "Norms.instanceNorm(Tensor,Tensor,Tensor,double) " + Arrays.toString(s[0]),
                    v -> args(v.in(-2, 2, s[0]), v.in(0.5, 1.5, c), v.in(-1, 1, c)),
                    x -> Norms.instanceNorm(x[0], x[1], x[2], 1e-3))
                .transcendental());
      }
    }
    for (int size : of(1, 2, 3, 5)) {
      rows.add(
          row(
                  "Norms.localResponseNorm(Tensor,int,double,double,double) " + size,
                  v -> args(v.in(-2, 2, 2, 4)),
                  x -> Norms.localResponseNorm(x[0], size, 0.5, 0.75, 1))
              .transcendental());
    }
  }

  private void attention() {
    int[][][] samples = {
      {{2, 3}, {4, 3}, {4, 2}},
      {{2, 2, 3}, {2, 2, 3}, {2, 2, 2}},
      {{1, 2, 3, 2}, {1, 2, 2, 2}, {1, 2, 2, 3}},
      {{2, 3, 2}, {2, 2}, {2, 2}},
      {{0, 2}, {3, 2}, {3, 2}}
    };
    String plain = "Attention.attention(Tensor,Tensor,Tensor,Tensor,boolean)";
    for (int[][] s : samples) {
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  plain + sample,
                  v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, s[1]), v.in(-1, 1, s[2])),
                  x -> Attention.attention(x[0], x[1], x[2], null, false))
              .transcendental());
      rows.add(
          row(
                  plain + " causal" + sample,
                  v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, s[1]), v.in(-1, 1, s[2])),
                  x -> Attention.attention(x[0], x[1], x[2], null, true))
              .transcendental());
      int[] mask = {s[0][s[0].length - 2], s[1][s[1].length - 2]};
      rows.add(
          row(
                  plain + " mask" + sample,
                  v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, s[1]), v.in(-1, 1, s[2]), v.mask(mask)),
                  x -> Attention.attention(x[0], x[1], x[2], x[3], false))
              .transcendental());
      rows.add(
          row(
                  "Attention.attention(Tensor,Tensor,Tensor,Tensor,boolean,double) added mask"
                      + sample,
                  v ->
                      args(
                          v.in(-1, 1, s[0]),
                          v.in(-1, 1, s[1]),
                          v.in(-1, 1, s[2]),
                          v.in(-1, 1, mask)),
                  x -> Attention.attention(x[0], x[1], x[2], x[3], false, 0.4))
              .transcendental());
    }
    rows.add(
        row(
                plain + " self",
                v -> args(v.in(-1, 1, 3, 2)),
                x -> Attention.attention(x[0], x[0], x[0], null, true))
            .transcendental()
            .order(3));
  }

  private void sizes() {
    int[][][] samples = {
      {{1, 2, 3, 2}, {4, 6}},
      {{1, 2, 2, 1}, {3, 5}},
      {{2, 5, 4, 1}, {2, 3}},
      {{1, 3, 3, 1}, {1, 1}},
      {{1, 3, 2, 2}, {3, 2}},
      {{1, 6, 4, 1}, {3, 2}},
      {{0, 2, 2, 1}, {3, 3}}
    };
    for (int[][] s : samples) {
      int h = s[1][0];
      int w = s[1][1];
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  "Resize.nearest(Tensor,int,int)" + sample,
                  v -> args(v.in(-2, 2, s[0])),
                  x -> Resize.nearest(x[0], h, w))
              .exact());
      for (boolean corners : new boolean[] {false, true}) {
        rows.add(
            row(
                    "Resize.bilinear(Tensor,int,int,boolean) " + corners + sample,
                    v -> args(v.in(-2, 2, s[0])),
                    x -> Resize.bilinear(x[0], h, w, corners))
                .reduction());
        rows.add(
            row(
                    "Resize.bicubic(Tensor,int,int,boolean) " + corners + sample,
                    v -> args(v.in(-2, 2, s[0])),
                    x -> Resize.bicubic(x[0], h, w, corners))
                .reduction());
      }
      if (h <= s[0][1] && w <= s[0][2]) {
        rows.add(
            row(
                    "AdaptivePool.average(Tensor,int,int)" + sample,
                    v -> args(v.in(-2, 2, s[0])),
                    x -> AdaptivePool.average(x[0], h, w))
                .reduction());
        rows.add(
            row(
                    "AdaptivePool.max(Tensor,int,int)" + sample,
                    v -> args(v.in(-2, 2, s[0])),
                    x -> AdaptivePool.max(x[0], h, w))
                .exact());
      }
    }
  }

  private void convolutions() {
    // Input, filter, then stride, padding, dilation, groups, output padding.
    int[][][] lines = {
      {{2, 6, 2}, {3, 3, 2}, {1, 1, 1, 1, 0}},
      {{1, 7, 2}, {2, 2, 1}, {2, 0, 2, 2, 0}},
      {{1, 5, 4}, {4, 3, 1}, {3, 2, 1, 4, 2}},
      {{0, 4, 1}, {2, 2, 1}, {1, 0, 1, 1, 0}}
    };
    for (int[][] s : lines) {
      int[] c = s[2];
      int[] w = s[1];
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  "Convolutions.conv1d(Tensor,Tensor,Tensor,int,int,int,int)" + sample,
                  v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, w), v.in(-1, 1, w[0])),
                  x -> Convolutions.conv1d(x[0], x[1], x[2], c[0], c[1], c[2], c[3]))
              .product(10));
      int[] turned = {s[0][2], w[1], 2};
      rows.add(
          row(
                  "Convolutions.convTranspose1d(Tensor,Tensor,Tensor,int,int,int,int,int)" + sample,
                  v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, turned), v.in(-1, 1, 2 * c[3])),
                  x -> Convolutions.convTranspose1d(x[0], x[1], x[2], c[0], c[1], c[2], c[3], c[4]))
              .product(20));
    }
    int[][][] images = {
      {{1, 3, 3, 2}, {2, 3, 3, 2}, {2, 2, 1, 1, 1, 1, 1, 1, 1}, {1, 1}},
      {{1, 2, 3, 2}, {2, 2, 3, 1}, {1, 2, 0, 1, 1, 0, 2, 1, 2}, {0, 1}},
      {{2, 2, 2, 1}, {1, 2, 2, 3}, {3, 3, 0, 0, 0, 0, 1, 1, 1}, {2, 0}},
      {{0, 2, 2, 1}, {1, 2, 2, 1}, {1, 1, 0, 0, 0, 0, 1, 1, 1}, {0, 0}}
    };
    for (int[][] s : images) {
      int[] c = s[2];
      int[] e = s[3];
      ConvSpec spec = new ConvSpec(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]);
      int o = s[1][3] * c[8];
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  "Convolutions.convTranspose2d(Tensor,Tensor,Tensor,ConvSpec,int,int)" + sample,
                  v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, s[1]), v.in(-1, 1, o)),
                  x -> Convolutions.convTranspose2d(x[0], x[1], x[2], spec, e[0], e[1]))
              .product(20));
      rows.add(
          row(
                  "Convolutions.convTranspose2d(Tensor,Tensor,Tensor,ConvSpec,int,int) no bias"
                      + sample,
                  v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, s[1])),
                  x -> Convolutions.convTranspose2d(x[0], x[1], null, spec, e[0], e[1]))
              .product(20));
    }
    for (int[] k : new int[][] {{3, 3, 1, 1}, {2, 4, 1, 1}, {3, 2, 2, 3}}) {
      ConvSpec same = Convolutions.same(k[0], k[1], k[2], k[3], 1);
      rows.add(
          row(
                  "Convolutions.same(int,int,int,int,int) " + Arrays.toString(k),
                  v -> args(v.in(-1, 1, 1, 4, 5, 1), v.in(-1, 1, 1, k[0], k[1], 1)),
                  x -> x[0].conv2d(x[1], null, same).reshape(Shape.of(4, 5)))
              .product(12)
              .inSteps());
    }
  }

  private void embeddings() {
    int[][][] samples = {{{4, 3}, {5}}, {{4, 3}, {2, 2}}, {{4, 3}, {}}, {{3, 2}, {0}}};
    for (int[][] s : samples) {
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  "Embeddings.embedding(Tensor,Tensor,int)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.ints(s[0][0], s[1])),
                  x -> Embeddings.embedding(x[0], x[1], -1))
              .exact());
      // The padding row's gradient is 0 by definition, so that only values are compared.
      rows.add(
          row(
                  "Embeddings.embedding(Tensor,Tensor,int) padding" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.ints(s[0][0], s[1])),
                  x -> Embeddings.embedding(x[0], x[1], 1))
              .exact()
              .big());
    }
  }

  private void dropouts() {
    for (double p : new double[] {0, 0.4, 1}) {
      for (int[] s : new int[][] {{2, 3, 4}, {3, 2}, {0, 2}}) {
        String sample = " " + p + Arrays.toString(s);
        rows.add(
            row(
                "Dropouts.dropout(Tensor,double,Generator)" + sample,
                v -> args(v.in(-2, 2, s)),
                x -> Dropouts.dropout(x[0], p, new Generator(3))));
        rows.add(
            row(
                "Dropouts.channels(Tensor,double,Generator)" + sample,
                v -> args(v.in(-2, 2, s)),
                x -> Dropouts.channels(x[0], p, new Generator(3))));
        rows.add(
            row(
                    "Dropouts.alpha(Tensor,double,Generator)" + sample,
                    v -> args(v.in(-2, 2, s)),
                    x -> Dropouts.alpha(x[0], p, new Generator(3)))
                .reduction());
      }
    }
  }
}
