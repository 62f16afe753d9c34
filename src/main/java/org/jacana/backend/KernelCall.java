package org.jacana.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jacana.Device;

/**
 * One call of a kernel with its arguments.
 *
 * @param device where it ran
 * @param method the method of {@link Backend}
 * @param arguments its arguments
 */
public record KernelCall(Device device, String method, Object[] arguments) {

  /** The kernel with the function it computes, such as "conv" or "unary exp". */
  public String name() {
    for (Object a : arguments) {
      if (a instanceof Enum<?> e) {
        return method + " " + e.name().toLowerCase(Locale.ROOT);
      }
    }
    return method;
  }

  /** The views among the arguments, those in lists too, in their order. */
  public List<View> views() {
    List<View> views = new ArrayList<>();
    for (Object a : arguments) {
      if (a instanceof View v) {
        views.add(v);
      } else if (a instanceof List<?> list) {
        for (Object o : list) {
          if (o instanceof Backend.Slots s) {
            add(views, s.w());
            add(views, s.g());
            add(views, s.m());
            add(views, s.v());
          }
        }
      }
    }
    return views;
  }

  private static void add(List<View> views, View v) {
    if (v != null) {
      views.add(v);
    }
  }

  /** The shapes of the first few views, as text. */
  public String shapes() {
    StringJoiner text = new StringJoiner(" ");
    List<View> views = views();
    views.stream().limit(4).forEach(v -> text.add(v.shape().toString()));
    return views.size() > 4 ? text + " and " + (views.size() - 4) + " more" : text.toString();
  }

  /**
   * The bytes of all that it names, each counted once: what must at least move between memory and
   * processor. Repeated elements of expanded views count once. Of tables that are read by index,
   * the part that is picked counts.
   */
  public long bytes() {
    List<View> views = views();
    long sum = 0;
    for (View v : views) {
      sum += distinct(v);
    }
    if (method.equals("gather")) {
      View out = views.get(0);
      sum -= Math.max(0, distinct(views.get(1)) - distinct(out));
    }
    for (Object a : arguments) {
      if (a instanceof java.nio.ByteBuffer b) {
        sum += b.limit();
      }
    }
    return sum;
  }

  private static long distinct(View v) {
    long n = v.dtype().bytes();
    Layout l = v.layout();
    for (int i = 0; i < l.rank(); i++) {
      n *= l.stride(i) == 0 ? Math.min(1, l.dim(i)) : l.dim(i);
    }
    return n;
  }

  /**
   * Multiplications and additions, for matrix products and convolutions: two for each pair of
   * numbers that meet, padding included. 0 for all others, which memory bounds.
   */
  public long operations() {
    List<View> v = views();
    return switch (method) {
      case "matmul" -> 2 * v.get(0).size() * last(v.get(1));
      case "linear" -> 2 * v.get(0).size() * last(v.get(1));
      case "conv", "convBias" -> 2 * v.get(0).size() * taps(v.get(2));
      case "convGradInput", "convGradInputAdd" -> 2 * v.get(1).size() * taps(v.get(2));
      case "convGradWeight" -> 2 * v.get(2).size() * taps(v.get(0));
      case "convGradWeightBias" -> 2 * v.get(3).size() * taps(v.get(0));
      default -> 0;
    };
  }

  private static long last(View v) {
    return v.layout().dim(v.layout().rank() - 1);
  }

  /** Numbers of one filter: [O, KH, KW, C/groups] without O. */
  private static long taps(View w) {
    Layout l = w.layout();
    return (long) l.dim(1) * l.dim(2) * l.dim(3);
  }
}
