package org.jacana.cli.bench;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Tensor;

/** Functions of elements and sums, large and small. */
final class PointwiseWork {
  private PointwiseWork() {}

  static List<Work> all(int large) {
    String mega = " " + size(large);
    return List.of(
        add("add 1,000 elements", 1000),
        add("add" + mega, large),
        unary("relu" + mega, large, Tensor::relu, x -> Math.max(x, 0)),
        unary("exp" + mega, large, Tensor::exp, Math::exp),
        unary("tanh" + mega, large, Tensor::tanh, Math::tanh),
        sum("sum" + mega, large));
  }

  private static String size(int n) {
    return n >= 1 << 20 ? (n >> 20) + " Mi" : String.valueOf(n);
  }

  private static Tensor normal(int seed, int n) {
    return new Generator(seed).normal(DType.F32, n);
  }

  private static Work add(String name, int n) {
    return new Work(
        name,
        0,
        12.0 * n,
        () -> {
          Tensor a = normal(1, n);
          Tensor b = normal(2, n);
          float[] p = a.floats();
          float[] q = b.floats();
          return Work.Call.of(() -> a.add(b), y -> Check.elements(y, i -> p[i] + q[i], i -> 0, 0));
        });
  }

  private static Work unary(
      String name, int n, UnaryOperator<Tensor> f, DoubleUnaryOperator wanted) {
    return new Work(
        name,
        0,
        8.0 * n,
        () -> {
          Tensor a = normal(1, n);
          float[] p = a.floats();
          return Work.Call.of(
              () -> f.apply(a),
              y ->
                  Check.elements(
                      y, i -> wanted.applyAsDouble(p[i]), i -> 1 + Math.exp(p[i]), 2e-6));
        });
  }

  private static Work sum(String name, int n) {
    return new Work(
        name,
        0,
        4.0 * n,
        () -> {
          Tensor a = normal(1, n);
          double sum = 0;
          double size = 0;
          for (float v : a.floats()) {
            sum += v;
            size += Math.abs(v);
          }
          double wanted = sum;
          double scale = size;
          return Work.Call.of(a::sum, y -> Check.equal("the sum", y.item(), wanted, scale, 1e-6));
        });
  }
}
