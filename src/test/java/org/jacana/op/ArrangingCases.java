package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;

/** Rows of repeats, rolls, borders, diagonals, windows, masks and sums of products. */
final class ArrangingCases {
  private final List<OpCase> rows = new ArrayList<>();

  static List<OpCase> all() {
    ArrangingCases t = new ArrangingCases();
    t.repeats();
    t.borders();
    t.matrices();
    t.indexing();
    t.windows();
    t.products();
    t.equations();
    return t.rows;
  }

  private OpCase move(String name, int[] shape, UnaryOperator<Tensor> f) {
    OpCase c = row(name, v -> args(v.in(-2, 2, shape)), x -> f.apply(x[0])).exact();
    rows.add(c);
    return c;
  }

  private static int[] of(int... shape) {
    return shape;
  }

  private void repeats() {
    move("roll(int,int) plain", of(2, 5), x -> x.roll(2, 1));
    move("roll(int,int) back", of(5, 2), x -> x.roll(-7, 0));
    move("roll(int,int) round", of(2, 3), x -> x.roll(3, -1));
    move("roll(int,int) empty", of(0, 3), x -> x.roll(1, 0));
    move("repeat(int...) plain", of(2, 3), x -> x.repeat(2, 2));
    move("repeat(int...) new axes", of(2), x -> x.repeat(3, 1, 2));
    move("repeat(int...) none", of(2, 3), x -> x.repeat(0, 1));
    move("repeat(int...) scalar", of(), x -> x.repeat(3));
    move("tile(int...) plain", of(2, 3), x -> x.tile(2));
    move("tile(int...) new axes", of(2), x -> x.tile(2, 3));
    move("repeatInterleave(int,int) plain", of(2, 3), x -> x.repeatInterleave(2, 0));
    move("repeatInterleave(int,int) last", of(2, 3), x -> x.repeatInterleave(3, -1));
    move("repeatInterleave(int,int) none", of(2, 3), x -> x.repeatInterleave(0, 1));
    move("moveAxis(int,int) plain", of(2, 3, 4), x -> x.moveAxis(0, 2));
    move("moveAxis(int,int) back", of(2, 3, 4), x -> x.moveAxis(-1, 0));
    move("moveAxis(int,int) same", of(2, 3, 4), x -> x.moveAxis(1, 1));
    move("narrow(int,int,int) plain", of(2, 5), x -> x.narrow(1, 1, 3));
    move("narrow(int,int,int) negative", of(2, 5), x -> x.narrow(-1, -2, 2));
    rows.add(
        row(
                "chunk(int,int) unequal",
                v -> args(v.in(-2, 2, 2, 7)),
                x -> Tensor.concat(1, x[0].chunk(3, 1)[2].mul(2), x[0].chunk(3, 1)[0]))
            .inSteps());
    move("pixelShuffle(int) plain", of(1, 2, 3, 8), x -> x.pixelShuffle(2));
    move("pixelShuffle(int) one", of(1, 2, 3, 2), x -> x.pixelShuffle(1));
    move("pixelShuffle(int) empty", of(0, 2, 3, 4), x -> x.pixelShuffle(2));
    move("pixelUnshuffle(int) plain", of(1, 4, 2, 2), x -> x.pixelUnshuffle(2));
    rows.add(
        row(
                "meshgrid(Tensor...) both",
                v -> args(v.in(-2, 2, 3), v.in(-2, 2, 2)),
                x -> Tensor.meshgrid(x)[0].mul(Tensor.meshgrid(x)[1]))
            .inSteps());
  }

  private void borders() {
    for (Padding p : Padding.values()) {
      String method = "pad(Padding,int...) " + p;
      move(method + " plain", of(3, 4), x -> x.pad(p, 2, 1, 0, 3));
      move(method + " image", of(1, 3, 4, 2), x -> x.pad(p, 0, 0, 1, 2, 3, 1, 0, 0));
      move(method + " nothing", of(2, 3), x -> x.pad(p, 0, 0, 0, 0));
      move(method + " empty", of(0, 3), x -> x.pad(p, 0, 0, 1, 1));
      move(method + " scalar", of(), x -> x.pad(p));
    }
  }

  private void matrices() {
    move("diagonal() plain", of(3, 4), x -> x.diagonal());
    move("diagonal() stack", of(3, 2, 2), x -> x.diagonal());
    for (int k : of(-2, -1, 0, 1, 3, 5)) {
      move("diagonal(int,int,int) " + k, of(3, 4), x -> x.diagonal(k, 0, 1));
      move("diagonal(int,int,int) turned " + k, of(3, 2, 4), x -> x.diagonal(k, -1, 0));
      move("diagEmbed(int) " + k, of(2, 3), x -> x.diagEmbed(k));
      move("tril(int) " + k, of(3, 4), x -> x.tril(k));
      move("triu(int) " + k, of(2, 4, 3), x -> x.triu(k));
    }
    move("diagEmbed(int) empty", of(2, 0), x -> x.diagEmbed(1));
    move("tril(int) empty", of(0, 3), x -> x.tril(0));
    rows.add(row("trace() plain", v -> args(v.in(-2, 2, 3, 4)), x -> x[0].trace()).reduction());
    rows.add(row("trace() empty", v -> args(v.in(-2, 2, 0, 4)), x -> x[0].trace()).reduction());
  }

  private void indexing() {
    int[][][] samples = {
      {{3, 4}, {0}, {2, 4}},
      {{3, 4}, {1}, {3, 6}},
      {{3, 4}, {-1}, {2, 2}},
      {{2, 3, 2}, {1}, {2, 5, 1}},
      {{4}, {0}, {7}},
      {{3, 4}, {0}, {0, 4}}
    };
    for (int[][] s : samples) {
      int axis = s[1][0];
      int bound = s[0][axis < 0 ? axis + s[0].length : axis];
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  "scatter(int,Tensor,Tensor)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.ints(bound, s[2]), v.in(-2, 2, s[2])),
                  x -> x[0].scatter(axis, x[1], x[2]))
              .exact());
      rows.add(
          row(
                  "scatter(int,Tensor,double)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.ints(bound, s[2])),
                  x -> x[0].scatter(axis, x[1], 7))
              .exact());
    }
    int[][][] added = {
      {{3, 4}, {0}, {5}}, {{3, 4}, {1}, {2}}, {{2, 3, 2}, {-2}, {4}}, {{3}, {0}, {0}}
    };
    for (int[][] s : added) {
      int axis = s[1][0];
      int a = axis < 0 ? axis + s[0].length : axis;
      int[] source = s[0].clone();
      source[a] = s[2][0];
      rows.add(
          row(
                  "indexAdd(int,Tensor,Tensor) " + Arrays.deepToString(s),
                  v -> args(v.in(-2, 2, s[0]), v.ints(s[0][a], s[2]), v.in(-2, 2, source)),
                  x -> x[0].indexAdd(axis, x[1], x[2]))
              .reduction());
    }
    int[][][] taken = {{{3, 4}, {2, 3}}, {{3, 4}, {}}, {{5}, {0}}, {{}, {2}}};
    for (int[][] s : taken) {
      rows.add(
          row(
                  "take(Tensor) " + Arrays.deepToString(s),
                  v -> args(v.in(-2, 2, s[0]), v.ints(Values.size(s[0]), s[1])),
                  x -> x[0].take(x[1]))
              .exact());
    }
    int[][][] masks = {
      {{2, 3}, {2, 3}}, {{2, 3}, {3}}, {{2, 3}, {}}, {{0, 3}, {0, 3}}, {{3}, {2, 1}}
    };
    for (int[][] s : masks) {
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  "maskedFill(Tensor,double)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.mask(s[1])),
                  x -> x[0].maskedFill(x[1], 0.25))
              .exact());
      rows.add(
          row(
                  "maskedSelect(Tensor)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.mask(s[1])),
                  x -> x[0].maskedSelect(x[1]))
              .exact());
    }
    for (int[] s : new int[][] {{2, 3}, {5}, {}, {0, 2}}) {
      rows.add(
          row("nonZero() " + Arrays.toString(s), v -> args(v.whole(0, 1, s)), x -> x[0].nonZero())
              .constant());
    }
  }

  private void windows() {
    int[][][] samples = {
      {{1, 4, 5, 2}, {2, 3}, {1, 1, 0, 0, 0, 0, 1, 1, 1}},
      {{2, 5, 4, 1}, {2, 2}, {2, 1, 1, 0, 0, 1, 1, 2, 1}},
      {{1, 6, 6, 1}, {3, 2}, {3, 2, 0, 0, 0, 0, 1, 1, 1}},
      {{0, 3, 3, 1}, {2, 2}, {1, 1, 0, 0, 0, 0, 1, 1, 1}}
    };
    for (int[][] s : samples) {
      int[] c = s[2];
      ConvSpec spec = new ConvSpec(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]);
      String sample = " " + Arrays.deepToString(s);
      int kh = s[1][0];
      int kw = s[1][1];
      move("unfold(int,int,ConvSpec)" + sample, s[0], x -> x.unfold(kh, kw, spec));
      int h = s[0][1];
      int w = s[0][2];
      int[] windows = {s[0][0], spec.outH(h, kh), spec.outW(w, kw), kh, kw, s[0][3]};
      rows.add(
          row(
                  "fold(int,int,ConvSpec)" + sample,
                  v -> args(v.in(-2, 2, windows)),
                  x -> x[0].fold(h, w, spec))
              .reduction());
    }
  }

  private void products() {
    rows.add(
        row("dot(Tensor) plain", v -> args(v.in(-1, 1, 4), v.in(-1, 1, 4)), x -> x[0].dot(x[1]))
            .product(4));
    rows.add(
        row("dot(Tensor) empty", v -> args(v.in(-1, 1, 0), v.in(-1, 1, 0)), x -> x[0].dot(x[1]))
            .product(1));
    rows.add(
        row(
            "outer(Tensor) plain",
            v -> args(v.in(-1, 1, 3), v.in(-1, 1, 2)),
            x -> x[0].outer(x[1])));
    rows.add(
        row("outer(Tensor) repeated operand", v -> args(v.in(-1, 1, 3)), x -> x[0].outer(x[0])));
    int[][][] samples = {
      {{2, 3, 4}, {4, 3, 2}, {2, 1}, {0, 1}},
      {{2, 3}, {4, 3}, {-1}, {-1}},
      {{2}, {3}, {}, {}},
      {{2, 3}, {2, 3}, {0, 1}, {0, 1}},
      {{0, 3}, {3, 2}, {1}, {0}}
    };
    for (int[][] s : samples) {
      rows.add(
          row(
                  "tensordot(Tensor,int[],int[]) " + Arrays.deepToString(s),
                  v -> args(v.in(-1, 1, s[0]), v.in(-1, 1, s[1])),
                  x -> x[0].tensordot(x[1], s[2], s[3]))
              .product(12));
    }
  }

  private void equation(String e, int[]... shapes) {
    rows.add(
        row(
                "einsum(String,Tensor...) " + e + " " + Arrays.deepToString(shapes),
                v -> Arrays.stream(shapes).map(s -> v.in(-1, 1, s)).toArray(Arg[]::new),
                x -> Tensor.einsum(e, x))
            .product(30));
  }

  private void equations() {
    equation("ij,jk->ik", of(2, 3), of(3, 4));
    equation("ij,jk", of(2, 3), of(3, 4));
    equation("bij, bjk -> bik", of(2, 2, 3), of(2, 3, 2));
    equation("ii->i", of(3, 3));
    equation("ii", of(3, 3));
    equation("ijk->kij", of(2, 3, 4));
    equation("ij->", of(2, 3));
    equation("ij->j", of(2, 3));
    equation("i,j->ij", of(2), of(3));
    equation("i,i->", of(3), of(3));
    equation("i,i->i", of(3), of(3));
    equation("ba", of(2, 3));
    equation("...ij,...jk->...ik", of(2, 1, 2, 3), of(3, 3, 2));
    equation("...i,i->...", of(2, 2, 3), of(3));
    equation("...ij->...ji", of(2, 2, 3));
    equation("i...,i...->...", of(2, 3), of(2, 1));
    equation("bn,anm,bm->ba", of(2, 3), of(3, 3, 2), of(2, 2));
    equation("bhqd,bhkd->bhqk", of(1, 2, 2, 3), of(1, 2, 3, 3));
    equation("ij,k->j", of(2, 3), of(2));
    equation("iij,jk->ik", of(2, 2, 3), of(3, 2));
    equation(",i->i", of(), of(3));
    equation("ij,jk->ik", of(0, 3), of(3, 2));
    equation("ij,jk->ik", of(2, 0), of(0, 2));
    equation("aA->Aa", of(2, 3));
    rows.add(
        row(
                "einsum(String,Tensor...) repeated operand",
                v -> args(v.in(-1, 1, 3, 3)),
                x -> Tensor.einsum("ij,jk,ki->", x[0], x[0], x[0]))
            .product(30)
            .order(3));
    rows.add(
        row(
                "einsum(String,Tensor...) whole numbers",
                v -> args(v.ints(9, 2, 3), v.ints(9, 3, 4)),
                x -> Tensor.einsum("ij,jk->ik", x[0], x[1]))
            .constant());
  }
}
