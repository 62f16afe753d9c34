package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.View;

/**
 * One pass of an optimizer over a parameter: cuda/update.cu. Weights, gradients, moments and the
 * rate may be of any float types; everything is computed in float, or in double where any is F64.
 */
final class Updates {
  private final Gpu gpu;

  Updates(Gpu gpu) {
    this.gpu = gpu;
  }

  boolean sgd(
      View w,
      View g,
      View m,
      View lr,
      double momentum,
      double dampening,
      double decay,
      boolean nesterov,
      boolean first) {
    double[] o = {momentum, 1 - dampening, decay};
    long[] flags = {m == null ? 0 : 1, nesterov ? 1 : 0, first ? 1 : 0};
    return m == null ? run("sgd", o, flags, lr, w, g) : run("sgd", o, flags, lr, w, g, m);
  }

  boolean adam(
      View w,
      View g,
      View m,
      View v,
      View lr,
      View corrections,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      boolean decoupled) {
    if (corrections.dtype() != DType.F64 || !corrections.layout().isContiguous()) {
      return false;
    }
    double[] o = {beta1, beta2, epsilon, decay};
    long[] more = {decoupled ? 1 : 0, Strided.address(corrections)};
    return run("adam", o, more, lr, w, g, m, v);
  }

  private boolean run(String name, double[] numbers, long[] more, View lr, View... views) {
    boolean wide = false;
    for (View x : views) {
      if (!x.dtype().isFloat()) {
        return false;
      }
      wide |= x.dtype() == DType.F64;
    }
    if (!lr.dtype().isFloat()) {
      return false;
    }
    long[] options = new long[numbers.length + more.length];
    for (int i = 0; i < numbers.length; i++) {
      options[i] = Double.doubleToRawLongBits(numbers[i]);
    }
    System.arraycopy(more, 0, options, numbers.length, more.length);
    String kind = wide ? "_d" : "_f";
    int operands = name.equals("sgd") ? 3 : 4;
    View[] four = new View[4];
    for (int i = 0; i < 4; i++) {
      four[i] = views[i < views.length ? i : 0];
    }
    long rate = Strided.address(lr);
    Strided.each(
        s -> {
          boolean dense = dense(s, views);
          Launch launch =
              gpu.launch("update", name + (dense ? "_dense" : kind))
                  .longs(options)
                  .i64(rate)
                  .i32(lr.dtype().ordinal());
          if (dense) {
            launch.i64(s.size());
          } else {
            launch.strided(s);
          }
          for (int i = 0; i < operands; i++) {
            launch.i64(s.address(i));
            if (!dense) {
              launch.i32(four[i].dtype().ordinal());
            }
          }
          launch.over(dense ? (s.size() + 3) / 4 : s.size());
        },
        four);
    return true;
  }

  private static boolean dense(Strided s, View[] views) {
    boolean dense = s.dense();
    for (int i = 0; i < views.length; i++) {
      dense &= views[i].dtype() == DType.F32 && s.address(i) % 16 == 0;
    }
    return dense;
  }
}
