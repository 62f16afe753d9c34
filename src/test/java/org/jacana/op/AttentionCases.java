package org.jacana.op;

import static org.jacana.op.OpCase.args;
import static org.jacana.op.OpCase.row;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;

/** Rows of attention. */
final class AttentionCases {
  private static final String PLAIN = "Attention.attention(Tensor,Tensor,Tensor,Tensor,boolean)";
  private static final String FULL =
      "Attention.attention(Tensor,Tensor,Tensor,Tensor,boolean,double,double,Generator)";

  private AttentionCases() {}

  static List<OpCase> all() {
    List<OpCase> rows = new ArrayList<>();
    for (boolean causal : new boolean[] {false, true}) {
      String sample = causal ? " causal" : " plain";
      rows.add(
          row(
                  PLAIN + sample,
                  v -> args(v.in(-1, 1, 2, 3, 2), v.in(-1, 1, 2, 4, 2), v.in(-1, 1, 2, 4, 3)),
                  x -> Attention.attention(x[0], x[1], x[2], null, causal))
              .transcendental());
      rows.add(
          row(
                  PLAIN + sample + " added mask",
                  v ->
                      args(
                          v.in(-1, 1, 2, 3, 2),
                          v.in(-1, 1, 2, 2),
                          v.in(-1, 1, 2, 3),
                          v.in(-1, 1, 3, 2)),
                  x -> Attention.attention(x[0], x[1], x[2], x[3], causal))
              .transcendental());
      rows.add(
          row(
                  PLAIN + sample + " mask with an empty row",
                  v ->
                      args(
                          v.in(-1, 1, 3, 2),
                          v.in(-1, 1, 3, 2),
                          v.in(-1, 1, 3, 2),
                          new Arg(new double[] {1, 0, 1, 0, 0, 0, 1, 1, 0}, DType.BOOL, 3, 3)),
                  x -> Attention.attention(x[0], x[1], x[2], x[3], causal))
              .transcendental());
    }
    rows.add(
        row(
                PLAIN + " heads share keys",
                v -> args(v.in(-1, 1, 2, 2, 2, 2), v.in(-1, 1, 2, 1, 3, 2), v.in(-1, 1, 3, 1)),
                x -> Attention.attention(x[0], x[1], x[2], null, false))
            .transcendental());
    rows.add(
        row(
                PLAIN + " no queries",
                v -> args(v.in(-1, 1, 0, 2), v.in(-1, 1, 3, 2), v.in(-1, 1, 3, 2)),
                x -> Attention.attention(x[0], x[1], x[2], null, true))
            .transcendental());
    rows.add(
        row(
                PLAIN + " no keys",
                v -> args(v.in(-1, 1, 2, 2), v.in(-1, 1, 0, 2), v.in(-1, 1, 0, 2)),
                x -> Attention.attention(x[0], x[1], x[2], null, false))
            .transcendental());
    rows.add(
        row(
                FULL + " dropout",
                v -> args(v.in(-1, 1, 3, 2), v.in(-1, 1, 4, 2), v.in(-1, 1, 4, 2)),
                x -> Attention.attention(x[0], x[1], x[2], null, false, 0.7, 0.5, new Generator(3)))
            .transcendental());
    return rows;
  }
}
