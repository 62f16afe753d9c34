package org.jacana.op;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The one table of operations: every question about operations is asked of each of its rows. */
public final class OpCases {
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
