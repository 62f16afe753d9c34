package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Rows of methods that move, repeat or pick elements. */
final class MovementCases {
  private final List<OpCase> rows = new ArrayList<>();

  static List<OpCase> all() {
    MovementCases t = new MovementCases();
    t.views();
    t.borders();
    t.joins();
    t.indexing();
    t.casts();
    return t.rows;
  }

  private void move(String name, int[] shape, UnaryOperator<Tensor> f) {
    rows.add(row(name, v -> args(v.in(-2, 2, shape)), x -> f.apply(x[0])).exact());
  }

  private static int[] of(int... shape) {
    return shape;
  }

  private void views() {
    move("reshape(int...) plain", of(2, 6), x -> x.reshape(3, 4));
    move("reshape(int...) open", of(2, 6), x -> x.reshape(-1, 3, 1));
    move("reshape(int...) scalar", of(1, 1), Tensor::reshape);
    move("reshape(int...) empty", of(0, 3), x -> x.reshape(3, 0));
    move("reshape(Shape) plain", of(2, 6), x -> x.reshape(Shape.of(12)));
    rows.add(
        row(
                "reshape(Shape) of a transpose",
                v -> args(v.in(-2, 2, 2, 3)),
                x -> x[0].transpose(0, 1).reshape(Shape.of(6)))
            .exact()
            .inSteps());
    move("flatten(int) all", of(2, 3, 2), x -> x.flatten(0));
    move("flatten(int) tail", of(2, 3, 2), x -> x.flatten(1));
    move("flatten(int) last", of(2, 3), x -> x.flatten(-1));
    move("permute(int...) plain", of(2, 3, 4), x -> x.permute(2, 0, 1));
    move("permute(int...) negative", of(2, 3, 4), x -> x.permute(-1, 1, 0));
    move("permute(int...) scalar", of(), Tensor::permute);
    move("permute(int...) empty", of(0, 3), x -> x.permute(1, 0));
    move("transpose(int,int) plain", of(2, 3), x -> x.transpose(0, 1));
    move("transpose(int,int) negative", of(2, 3, 4), x -> x.transpose(-1, -3));
    move("transpose(int,int) same", of(2, 3), x -> x.transpose(1, 1));
    move("expand(int...) plain", of(2, 1, 3), x -> x.expand(4, 2, 5, 3));
    move("expand(int...) scalar", of(), x -> x.expand(2, 2));
    move("expand(int...) to nothing", of(1, 3), x -> x.expand(0, 3));
    move("expand(Shape) plain", of(3, 1), x -> x.expand(Shape.of(3, 2)));
    rows.add(sum("sumTo(Shape) plain", of(4, 2, 3), Shape.of(2, 1)));
    rows.add(sum("sumTo(Shape) leading", of(4, 2, 3), Shape.of(3)));
    rows.add(sum("sumTo(Shape) scalar", of(2, 3), Shape.scalar()));
    rows.add(sum("sumTo(Shape) ones", of(2, 3), Shape.of(1, 1)));
    rows.add(sum("sumTo(Shape) empty", of(0, 3), Shape.of(1, 3)));
    move("unsqueeze(int) first", of(2, 3), x -> x.unsqueeze(0));
    move("unsqueeze(int) last", of(2, 3), x -> x.unsqueeze(-1));
    move("unsqueeze(int) scalar", of(), x -> x.unsqueeze(0));
    move("squeeze(int) plain", of(2, 1, 3), x -> x.squeeze(1));
    move("squeeze(int) negative", of(2, 1), x -> x.squeeze(-1));
    move("slice(int,int,int) plain", of(5, 2), x -> x.slice(0, 1, 4));
    move("slice(int,int,int) negative", of(2, 5), x -> x.slice(1, -4, -1));
    move("slice(int,int,int) nothing", of(2, 5), x -> x.slice(1, 3, 3));
    move("slice(int,int,int,int) steps", of(2, 7), x -> x.slice(1, 1, 7, 3));
    move("slice(int,int,int,int) long step", of(5), x -> x.slice(0, 1, 5, 9));
    move("select(int,int) plain", of(3, 4), x -> x.select(0, 1));
    move("select(int,int) negative", of(3, 4), x -> x.select(-1, -2));
    move("at(int...) element", of(3, 4), x -> x.at(1, 2));
    move("at(int...) part", of(3, 4), x -> x.at(-1));
    move("flip(int) plain", of(3, 4), x -> x.flip(0));
    move("flip(int) last", of(3, 4), x -> x.flip(-1));
    move("flip(int) empty", of(0, 2), x -> x.flip(0));
    move("contiguous() plain", of(2, 3), x -> x.contiguous());
    move("contiguous() scalar", of(), x -> x.contiguous());
    move("copy() plain", of(2, 3), Tensor::copy);
    move("copy() empty", of(0), Tensor::copy);
    rows.add(row("copy() large", v -> args(v.in(-2, 2, 130, 120)), x -> x[0].copy()).exact().big());
  }

  private static OpCase sum(String name, int[] from, Shape to) {
    return row(name, v -> args(v.in(-2, 2, from)), x -> x[0].sumTo(to)).reduction();
  }

  private void borders() {
    move("pad(double,int...) plain", of(2, 3), x -> x.pad(0.5, 1, 0, 2, 1));
    move("pad(double,int...) nothing", of(2, 3), x -> x.pad(0, 0, 0, 0, 0));
    move("pad(double,int...) empty", of(0, 2), x -> x.pad(7, 1, 1, 0, 0));
    move("pad(double,int...) scalar", of(), x -> x.pad(7));
    move(
        "Movement.slice(Tensor,int[],int[],int[]) box",
        of(4, 5),
        x -> Movement.slice(x, of(3, 1), of(2, 2), of(-2, 3)));
    move(
        "Movement.place(Tensor,Shape,int[],int[],double) box",
        of(2, 2),
        x -> Movement.place(x, Shape.of(4, 5), of(3, 1), of(-2, 3), -1));
  }

  private void joins() {
    int[][][] samples = {
      {{2, 3}, {2, 1}, {1}},
      {{2, 3}, {4, 3}, {0}},
      {{2, 0}, {2, 2}, {-1}},
      {{3}, {2}, {0}},
      {{2, 0}, {2, 0}, {1}}
    };
    for (int[][] s : samples) {
      rows.add(
          row(
                  "concat(int,Tensor...) " + Arrays.deepToString(s),
                  v -> args(v.in(-2, 2, s[0]), v.in(-2, 2, s[1])),
                  x -> Tensor.concat(s[2][0], x))
              .exact());
    }
    rows.add(
        row(
                "concat(int,Tensor...) repeated operand",
                v -> args(v.in(-2, 2, 2, 3)),
                x -> Tensor.concat(1, x[0], x[0], x[0]))
            .exact());
    for (int axis : of(0, 1, 2, -1)) {
      rows.add(
          row(
                  "stack(int,Tensor...) " + axis,
                  v -> args(v.in(-2, 2, 2, 3), v.in(-2, 2, 2, 3)),
                  x -> Tensor.stack(axis, x))
              .exact());
    }
    rows.add(
        row(
                "stack(int,Tensor...) scalars",
                v -> args(v.in(-2, 2), v.in(-2, 2)),
                x -> Tensor.stack(0, x))
            .exact());
    rows.add(
        row(
                "split(int,int...) parts used unequally",
                v -> args(v.in(-2, 2, 2, 6)),
                x -> {
                  Tensor[] p = x[0].split(1, 1, 2, 0, 3);
                  return Tensor.concat(1, p[3], p[0].mul(2), p[2], p[1].square());
                })
            .inSteps());
    rows.add(
        row(
                "split(int,int...) first axis",
                v -> args(v.in(-2, 2, 3, 2)),
                x -> x[0].split(0, 2, 1)[1])
            .inSteps());
  }

  private void indexing() {
    int[][][] samples = {
      {{3, 4}, {0}, {2, 4}},
      {{3, 4}, {1}, {3, 6}},
      {{3, 4}, {-1}, {2, 2}},
      {{2, 3, 2}, {1}, {2, 5, 1}},
      {{4}, {0}, {7}},
      {{3, 4}, {0}, {0, 4}},
      {{0, 4}, {1}, {0, 2}}
    };
    for (int[][] s : samples) {
      int axis = s[1][0];
      int bound = s[0][axis < 0 ? axis + s[0].length : axis];
      String sample = " " + Arrays.deepToString(s);
      rows.add(
          row(
                  "gather(int,Tensor)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.ints(bound, s[2])),
                  x -> x[0].gather(axis, x[1]))
              .exact());
      rows.add(
          row(
                  "scatterAdd(int,Tensor,Tensor)" + sample,
                  v -> args(v.in(-2, 2, s[0]), v.ints(bound, s[2]), v.in(-2, 2, s[2])),
                  x -> x[0].scatterAdd(axis, x[1], x[2]))
              .reduction());
      rows.add(
          row(
                  "Indexing.scatterAdd(Shape,int,Tensor,Tensor)" + sample,
                  v -> args(v.ints(bound, s[2]), v.in(-2, 2, s[2])),
                  x -> Indexing.scatterAdd(Shape.of(s[0]), axis, x[0], x[1]))
              .reduction());
    }
    int[][][] picks = {
      {{3, 4}, {0}, {5}},
      {{3, 4}, {1}, {2}},
      {{2, 3, 2}, {-2}, {4}},
      {{4}, {0}, {6}},
      {{3, 4}, {0}, {0}}
    };
    for (int[][] s : picks) {
      int axis = s[1][0];
      int bound = s[0][axis < 0 ? axis + s[0].length : axis];
      rows.add(
          row(
                  "indexSelect(int,Tensor) " + Arrays.deepToString(s),
                  v -> args(v.in(-2, 2, s[0]), v.ints(bound, s[2])),
                  x -> x[0].indexSelect(axis, x[1]))
              .exact());
    }
    rows.add(
        row(
                "indexSelect(int,Tensor) large",
                v -> args(v.in(-2, 2, 500, 40), v.ints(500, 900)),
                x -> x[0].indexSelect(0, x[1]))
            .exact()
            .big());
    int[][] ranked = {{2, 5}, {4}, {2, 2, 3}};
    for (int[] s : ranked) {
      for (int k : of(0, 1, 3)) {
        rows.add(
            row(
                    "topK(int) " + Arrays.toString(s) + k,
                    v -> args(v.in(-2, 2, s)),
                    x -> x[0].topK(k).values())
                .exact()
                .inSteps());
        rows.add(
            row(
                    "topK(int,boolean) " + Arrays.toString(s) + k,
                    v -> args(v.in(-2, 2, s)),
                    x -> x[0].topK(k, false).values())
                .exact()
                .inSteps());
        rows.add(
            row(
                    "topK(int,boolean) indices " + Arrays.toString(s) + k,
                    v -> args(v.whole(0, 2, s)),
                    x -> x[0].topK(k, false).indices())
                .constant()
                .inSteps());
      }
    }
    rows.add(row("oneHot(int) plain", v -> args(v.ints(4, 2, 3)), x -> x[0].oneHot(4)).constant());
    rows.add(row("oneHot(int) scalar", v -> args(v.ints(4)), x -> x[0].oneHot(4)).constant());
    rows.add(row("oneHot(int) empty", v -> args(v.ints(4, 0)), x -> x[0].oneHot(4)).constant());
  }

  private void casts() {
    rows.add(
        row("to(DType) of float32", v -> args(v.in(-2, 2, 2, 3)), x -> x[0].to(DType.F32))
            .kind(OpCase.Kind.REDUCTION)
            .order(0));
    for (DType t : new DType[] {DType.I32, DType.BOOL, DType.F16, DType.BF16}) {
      for (int[] s : new int[][] {{2, 3}, {}, {0, 2}, {70, 80}}) {
        rows.add(
            row(
                    "to(DType) " + t + Arrays.toString(s),
                    v -> args(v.whole(-3, 3, s)),
                    x -> x[0].to(t))
                .constant());
      }
    }
  }
}
