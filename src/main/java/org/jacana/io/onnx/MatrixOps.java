package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.Tensor;
import org.jacana.data.FormatException;

/** Matrix products. */
final class MatrixOps {
  private MatrixOps() {}

  static void register() {
    Operators.add("MatMul", MatrixOps::matmul);
    Operators.add("Gemm", MatrixOps::gemm);
    Operators.add("Einsum", MatrixOps::einsum);
  }

  private static Kernel matmul(NodeContext n) throws FormatException {
    n.inputs(2, 2).outputs(1);
    return in -> Operators.one(Value.of(in[0].plain().matmul(in[1].plain())));
  }

  private static Kernel gemm(NodeContext n) throws FormatException {
    n.inputs(2, 3).outputs(1);
    double alpha = n.number("alpha", 1);
    double beta = n.number("beta", 1);
    boolean ta = n.flag("transA", false);
    boolean tb = n.flag("transB", false);
    return in -> {
      Tensor a = matrix(in[0], ta);
      Tensor c = in.length > 2 && in[2] != null ? in[2].plain() : null;
      boolean vector = c == null || c.rank() == 1;
      if (tb && vector && alpha == 1 && beta == 1) {
        Tensor w = in[1].plain();
        if (c == null || c.shape().dim(0) == w.shape().dim(0)) {
          return Operators.one(Value.of(a.linear(w, c)));
        }
      }
      Tensor y = a.matmul(matrix(in[1], tb));
      Tensor scaled = alpha == 1 ? y : y.mul(alpha);
      if (c != null) {
        scaled = scaled.add((beta == 1 ? c : c.mul(beta)).expand(y.shape()));
      }
      return Operators.one(Value.of(scaled));
    };
  }

  private static Tensor matrix(Value v, boolean transposed) {
    Tensor t = v.plain();
    if (t.rank() != 2) {
      throw new IllegalArgumentException("needs matrices, got " + t.shape());
    }
    return transposed ? t.transpose(0, 1) : t;
  }

  private static Kernel einsum(NodeContext n) throws FormatException {
    n.inputs(1, Integer.MAX_VALUE).outputs(1);
    String equation = n.text("equation", "").replace(" ", "");
    return in -> {
      Tensor[] x = Arrays.stream(in).map(Value::plain).toArray(Tensor[]::new);
      return Operators.one(Value.of(Tensor.einsum(equation, x)));
    };
  }
}
