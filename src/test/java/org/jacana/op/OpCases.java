package org.jacana.op;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The one table of operations: every question about operations is asked of each of its rows. */
public final class OpCases {
  /** Smooth methods of which one row is checked to third order besides those that say so. */
  private static final Set<String> THIRD =
      Set.of(
          "celu(double)",
          "selu()",
          "elu(double)",
          "softsign()",
          "mean(int...)",
          "sum(int...)",
          "var(int[],boolean,int)",
          "std(int[],boolean,int)",
          "logSumExp(int[],boolean)",
          "softmax(int)",
          "logSoftmax(int)",
          "cumSum(int)",
          "linear(Tensor,Tensor)",
          "dot(Tensor)",
          "outer(Tensor)",
          "tensordot(Tensor,int[],int[])",
          "conv2d(Tensor,int,int)",
          "avgPool2d(int,int)",
          "CrossEntropy.crossEntropy(Tensor,Tensor)",
          "BatchNorm.batchNorm(Tensor,Tensor,Tensor,double)",
          "Norms.layerNorm(Tensor,int,Tensor,Tensor,double)",
          "Norms.rmsNorm(Tensor,int,Tensor,double)",
          "Norms.groupNorm(Tensor,int,Tensor,Tensor,double)",
          "Norms.instanceNorm(Tensor,Tensor,Tensor,double)",
          "stdMean(int[],boolean,int)");

  private OpCases() {}

  static List<OpCase> all() {
    List<OpCase> rows = new ArrayList<>();
    rows.addAll(PointwiseCases.all());
    rows.addAll(MathCases.all());
    rows.addAll(StatisticsCases.all());
    rows.addAll(NetworkCases.all());
    rows.addAll(ArrangingCases.all());
    rows.addAll(ScatterReduceCases.all());
    rows.addAll(ActivationCases.all());
    rows.addAll(ReductionCases.all());
    rows.addAll(MovementCases.all());
    rows.addAll(ProductCases.all());
    rows.addAll(AttentionCases.all());
    Set<String> names = new HashSet<>();
    for (OpCase c : rows) {
      if (!names.add(c.name())) {
        throw new IllegalStateException("two rows are named " + c.name());
      }
    }
    Set<String> third = new HashSet<>(THIRD);
    rows.replaceAll(c -> !c.large() && c.order() == 2 && third.remove(c.method()) ? c.order(3) : c);
    if (!third.isEmpty()) {
      throw new IllegalStateException("no rows for " + third);
    }
    // -Djacana.cases=conv runs only the rows whose names match.
    String only = System.getProperty("jacana.cases", "");
    rows.removeIf(c -> !c.name().matches(".*(" + only + ").*"));
    return rows;
  }

  /** To which order each method's derivatives are checked, by signature. */
  public static Map<String, Integer> orders() {
    Map<String, Integer> out = new TreeMap<>();
    all().forEach(c -> out.merge(c.method(), c.large() ? 0 : c.order(), Math::max));
    return out;
  }
}
