package org.jacana.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.jacana.DType;
import org.jacana.Tensor;

/**
 * The first NaN or infinity that a computation made while {@link Autograd#detectAnomaly} was on.
 */
public final class Anomaly extends ArithmeticException {
  private static final long serialVersionUID = 1;
  private static final StackWalker WALKER = StackWalker.getInstance();

  private final String operation;
  private final boolean backward;
  private final String label;

  private Anomaly(String operation, boolean backward, String label, String message) {
    super(message);
    this.operation = operation;
    this.backward = backward;
    this.label = label;
  }

  /** The operation that made it, or whose gradient did. */
  public String operation() {
    return operation;
  }

  /** Whether the gradient made it. */
  public boolean backward() {
    return backward;
  }

  /** The labels (of modules: their path) that were set when the operation ran; "" for none. */
  public String label() {
    return label;
  }

  /** Where a recorded operation comes from. */
  record Origin(String label, String place, String shapes) {
    static Origin here(String label, Tensor[] in) {
      StringJoiner shapes = new StringJoiner(", ");
      for (Tensor t : in) {
        shapes.add(t.shape().toString());
      }
      return new Origin(label, site(), shapes.toString());
    }

    @Override
    public String toString() {
      return "inputs "
          + shapes
          + (label.isEmpty() ? "" : "; in layer '" + label + "'")
          + "; called at "
          + place;
    }
  }

  /** The first frame of neither the library nor the JDK. */
  private static String site() {
    return WALKER.walk(
        frames ->
            frames
                .filter(
                    f -> {
                      String c = f.getClassName();
                      boolean library = c.startsWith("org.jacana.") && !c.contains("Test");
                      return !(library || c.startsWith("java.") || c.startsWith("jdk."));
                    })
                .findFirst()
                .map(f -> f.getFileName() + ":" + f.getLineNumber())
                .orElse("?"));
  }

  static void requireFinite(String op, String label, Tensor[] in, Tensor out, boolean infinities) {
    int at = find(out, infinities);
    if (at < 0) {
      return;
    }
    String message =
        "anomaly: "
            + op
            + " gave "
            + describe(out, at)
            + "; "
            + Origin.here(label, in)
            + given(in, infinities);
    out.close();
    throw new Anomaly(op, false, label, message);
  }

  private static String given(Tensor[] in, boolean infinities) {
    List<String> bad = new ArrayList<>();
    for (int i = 0; i < in.length; i++) {
      int at = find(in[i], infinities);
      if (at >= 0) {
        bad.add("input " + i + " already held " + describe(in[i], at));
      }
    }
    return bad.isEmpty() ? "; all inputs were finite" : "; " + String.join(", ", bad);
  }

  static void requireFinite(Node n, Tensor g, Tensor[] gs, boolean infinities) {
    for (int i = 0; i < gs.length; i++) {
      int at = gs[i] == null ? -1 : find(gs[i], infinities);
      if (at < 0) {
        continue;
      }
      int before = find(g, infinities);
      throw new Anomaly(
          n.name(),
          true,
          n.origin == null ? "" : n.origin.label(),
          "anomaly: the gradient of "
              + n.name()
              + " gave "
              + describe(gs[i], at)
              + " for input "
              + i
              + "; "
              + (n.origin == null ? "recorded before anomalies were looked for" : n.origin)
              + (before < 0
                  ? "; the gradient that came in was finite"
                  : "; the gradient that came in already held " + describe(g, before)));
    }
  }

  private static int find(Tensor t, boolean infinities) {
    if (!t.dtype().isFloat()) {
      return -1;
    }
    if (t.dtype() == DType.F64) {
      double[] v = t.doubles();
      for (int i = 0; i < v.length; i++) {
        if (v[i] != v[i] || infinities && Double.isInfinite(v[i])) {
          return i;
        }
      }
      return -1;
    }
    float[] v = t.floats();
    for (int i = 0; i < v.length; i++) {
      if (v[i] != v[i] || infinities && Float.isInfinite(v[i])) {
        return i;
      }
    }
    return -1;
  }

  private static String describe(Tensor t, int at) {
    int[] where = t.shape().dims();
    int rest = at;
    for (int a = where.length - 1; a >= 0; a--) {
      int d = where[a];
      where[a] = rest % d;
      rest /= d;
    }
    return t.doubles()[at] + " at element " + Arrays.toString(where) + " of " + t.shape();
  }
}
