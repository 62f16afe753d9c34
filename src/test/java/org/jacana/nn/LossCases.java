package org.jacana.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.nn.Losses.Reduction;

/** The table of losses: every question about losses is asked of each of its rows. */
public final class LossCases {
  private LossCases() {}

  /** To which order each loss's derivatives are checked. */
  public static Map<String, Integer> orders() {
    Map<String, Integer> out = new TreeMap<>();
    all().forEach(c -> out.merge(c.method(), c.order(), Math::max));
    return out;
  }

  /**
   * A row: what is computed, from which inputs.
   *
   * @param name the method's name, a space, and the sample
   * @param order to which order derivatives are checked
   * @param plainMean whether MEAN is the plain mean of NONE
   */
  record LossCase(
      String name,
      In[] inputs,
      BiFunction<Tensor[], Reduction, Tensor> f,
      int order,
      boolean plainMean) {
    String method() {
      return name.substring(0, name.indexOf(' '));
    }

    Tensor[] tensors(DType floats) {
      Tensor[] xs = new Tensor[inputs.length];
      for (int i = 0; i < xs.length; i++) {
        xs[i] = inputs[i].tensor(floats);
      }
      return xs;
    }

    LossCase order(int n) {
      return new LossCase(name, inputs, f, n, plainMean);
    }

    LossCase weightedMean() {
      return new LossCase(name, inputs, f, order, false);
    }
  }

  /** An input as numbers; F64 stands for every float type. */
  record In(double[] values, DType type, int... shape) {
    Tensor tensor(DType floats) {
      try (org.jacana.Scope s = org.jacana.Scope.open()) {
        DType t = type.isFloat() ? floats : type;
        return s.keep(Tensor.of(values, values.length).reshape(Shape.of(shape)).to(t).copy());
      }
    }
  }

  private static In draw(int seed, double low, double high, int... shape) {
    Random random = new Random(seed);
    double[] v = new double[Math.toIntExact(Shape.of(shape).size())];
    for (int i = 0; i < v.length; i++) {
      v[i] = low + (high - low) * random.nextDouble();
    }
    return new In(v, DType.F64, shape);
  }

  private static In x(int seed, int... shape) {
    return draw(seed, -2, 2, shape);
  }

  private static In unit(int seed, int... shape) {
    return draw(seed, 0.1, 0.9, shape);
  }

  private static In ints(int[] shape, double... v) {
    return new In(v, DType.I32, shape);
  }

  private static int[] of(int... shape) {
    return shape;
  }

  private static LossCase row(
      String name, BiFunction<Tensor[], Reduction, Tensor> f, In... inputs) {
    return new LossCase(name, inputs, f, 2, true);
  }

  static List<LossCase> all() {
    List<LossCase> rows = new ArrayList<>();
    classes(rows);
    binary(rows);
    numbers(rows);
    pairs(rows);
    return rows;
  }

  private static void classes(List<LossCase> rows) {
    In z = x(1, 4, 3);
    In y = ints(of(4), 0, 2, 1, 2);
    In some = ints(of(4), 0, -100, 1, 2);
    In w = unit(2, 3);
    In p = unit(3, 4, 3);
    CrossEntropyOptions o = CrossEntropyOptions.DEFAULT;
    rows.add(row("crossEntropy labels", (x, r) -> Losses.crossEntropy(x[0], x[1], r), z, y));
    rows.add(row("crossEntropy soft", (x, r) -> Losses.crossEntropy(x[0], x[1], r), z, p));
    rows.add(
        row(
            "crossEntropy positions",
            (x, r) -> Losses.crossEntropy(x[0], x[1], r),
            x(4, 2, 2, 3),
            ints(of(2, 2), 0, 1, 2, 0)));
    rows.add(
        row(
                "crossEntropy ignored",
                (x, r) -> Losses.crossEntropy(x[0], x[1], o.reduction(r)),
                z,
                some)
            .weightedMean());
    rows.add(
        row(
                "crossEntropy weights",
                (x, r) -> Losses.crossEntropy(x[0], x[1], o.weights(x[2]).reduction(r)),
                z,
                some,
                w)
            .weightedMean());
    rows.add(
        row(
                "crossEntropy smoothing",
                (x, r) -> Losses.crossEntropy(x[0], x[1], o.smoothing(0.2).reduction(r)),
                x(5, 2, 2, 3),
                ints(of(2, 2), 0, 2, -100, 1))
            .weightedMean());
    rows.add(
        row(
                "crossEntropy weights and smoothing",
                (x, r) ->
                    Losses.crossEntropy(
                        x[0], x[1], o.weights(x[2]).smoothing(0.2).ignoreIndex(1).reduction(r)),
                z,
                y,
                w)
            .weightedMean());
    rows.add(
        row(
            "crossEntropy soft, weights and smoothing",
            (x, r) -> Losses.crossEntropy(x[0], x[1], o.weights(x[2]).smoothing(0.2).reduction(r)),
            z,
            p,
            w));
    rows.add(
        row("nll plain", (x, r) -> Losses.nll(x[0].logSoftmax(-1), x[1], null, -100, r), z, some)
            .weightedMean());
    rows.add(
        row(
                "nll weights",
                (x, r) -> Losses.nll(x[0], x[1], x[2], 2, r),
                x(6, 2, 2, 3),
                ints(of(2, 2), 0, 2, 1, 1),
                w)
            .weightedMean());
    rows.add(
        row("softmaxFocal plain", (x, r) -> Losses.softmaxFocal(x[0], x[1], null, 2, r), z, y));
    rows.add(
        row(
            "softmaxFocal alpha",
            (x, r) -> Losses.softmaxFocal(x[0], x[1], x[2], 1.5, r),
            z,
            y,
            w));
    rows.add(
        row(
            "softmaxFocal gamma 0",
            (x, r) -> Losses.softmaxFocal(x[0], x[1], x[2], 0, r),
            z,
            y,
            w));
    rows.add(row("multiMargin p 1", (x, r) -> Losses.multiMargin(x[0], x[1], 1, 1, null, r), z, y));
    rows.add(
        row(
            "multiMargin p 2",
            (x, r) -> Losses.multiMargin(x[0], x[1], 2, 0.7, x[2], r),
            x(7, 2, 2, 3),
            ints(of(2, 2), 0, 2, 1, 1),
            w));
    rows.add(
        row(
            "multiLabelMargin some",
            (x, r) -> Losses.multiLabelMargin(x[0], x[1], r),
            x(8, 2, 4),
            ints(of(2, 4), 3, 0, -1, 1, 2, -1, 0, 0)));
  }

  private static void binary(List<LossCase> rows) {
    In z = x(11, 3, 4);
    In t = unit(12, 3, 4);
    In w = draw(13, 0.5, 2, 4);
    In each = draw(14, 0.5, 2, 3, 1);
    In signs = ints(of(3, 4), 1, -1, 1, 1, -1, -1, 1, -1, -1, 1, 1, -1);
    In p = unit(15, 3, 4);
    rows.add(
        row(
            "binaryCrossEntropy plain",
            (x, r) -> Losses.binaryCrossEntropy(x[0], x[1], null, r),
            p,
            t));
    rows.add(
        row(
            "binaryCrossEntropy weight",
            (x, r) -> Losses.binaryCrossEntropy(x[0], x[1], x[2], r),
            p,
            t,
            each));
    rows.add(
        row(
            "binaryCrossEntropyWithLogits plain",
            (x, r) -> Losses.binaryCrossEntropyWithLogits(x[0], x[1], null, null, r),
            z,
            t));
    rows.add(
        row(
            "binaryCrossEntropyWithLogits weights",
            (x, r) -> Losses.binaryCrossEntropyWithLogits(x[0], x[1], x[2], x[3], r),
            z,
            t,
            each,
            w));
    rows.add(
        row("sigmoidFocal plain", (x, r) -> Losses.sigmoidFocal(x[0], x[1], 0.25, 2, r), z, t));
    rows.add(
        row("sigmoidFocal gamma 1.5", (x, r) -> Losses.sigmoidFocal(x[0], x[1], -1, 1.5, r), z, t));
    rows.add(
        row("sigmoidFocal gamma 0", (x, r) -> Losses.sigmoidFocal(x[0], x[1], 0.5, 0, r), z, t));
    rows.add(row("hinge signs", (x, r) -> Losses.hinge(x[0], x[1], r), z, signs));
    rows.add(row("softMargin signs", (x, r) -> Losses.softMargin(x[0], x[1], r), z, signs));
    rows.add(
        row(
            "multiLabelSoftMargin plain",
            (x, r) -> Losses.multiLabelSoftMargin(x[0], x[1], null, r),
            z,
            t));
    rows.add(
        row(
            "multiLabelSoftMargin weight",
            (x, r) -> Losses.multiLabelSoftMargin(x[0], x[1], x[2], r),
            z,
            t,
            w));
  }

  private static void numbers(List<LossCase> rows) {
    In a = x(21, 3, 4);
    In b = x(22, 3, 4);
    In counts = draw(23, 0.2, 4, 3, 4);
    rows.add(row("mse plain", (x, r) -> Losses.mse(x[0], x[1], r), a, b));
    rows.add(row("l1 plain", (x, r) -> Losses.l1(x[0], x[1], r), a, b));
    rows.add(row("huber delta 1", (x, r) -> Losses.huber(x[0], x[1], 1, r), a, b));
    rows.add(row("huber delta 0.4", (x, r) -> Losses.huber(x[0], x[1], 0.4, r), a, b));
    rows.add(row("smoothL1 beta 0.5", (x, r) -> Losses.smoothL1(x[0], x[1], 0.5, r), a, b));
    rows.add(row("smoothL1 beta 0", (x, r) -> Losses.smoothL1(x[0], x[1], 0, r), a, b));
    rows.add(
        row(
            "poissonNll log",
            (x, r) -> Losses.poissonNll(x[0], x[1], true, false, 1e-8, r),
            a,
            counts));
    rows.add(
        row(
            "poissonNll full",
            (x, r) -> Losses.poissonNll(x[0], x[1], false, true, 1e-8, r),
            draw(24, 0.3, 3, 3, 4),
            counts));
    rows.add(
        row(
            "gaussianNll each",
            (x, r) -> Losses.gaussianNll(x[0], x[1], x[2], false, 1e-6, r),
            a,
            b,
            counts));
    rows.add(
        row(
            "gaussianNll rows",
            (x, r) -> Losses.gaussianNll(x[0], x[1], x[2], true, 1e-6, r),
            a,
            b,
            draw(25, 0.3, 2, 3)));
    rows.add(
        row(
            "gaussianNll columns",
            (x, r) -> Losses.gaussianNll(x[0], x[1], x[2], true, 1e-6, r),
            a,
            b,
            draw(25, 0.3, 2, 3, 1)));
    rows.add(
        row(
            "klDivergence plain",
            (x, r) -> Losses.klDivergence(x[0], x[1], false, r),
            a,
            unit(26, 3, 4)));
    rows.add(row("klDivergence log", (x, r) -> Losses.klDivergence(x[0], x[1], true, r), a, b));
    rows.add(row("distillation T 3", (x, r) -> Losses.distillation(x[0], x[1], 3, r), a, b));
  }

  private static void pairs(List<LossCase> rows) {
    In a = x(31, 4, 3);
    In b = x(32, 4, 3);
    In c = x(33, 4, 3);
    In signs = ints(of(4), 1, -1, -1, 1);
    rows.add(
        row(
            "cosineSimilarity last",
            (x, r) -> r.join(Losses.cosineSimilarity(x[0], x[1], -1)),
            a,
            b));
    rows.add(
        row(
            "cosineSimilarity broadcast",
            (x, r) -> r.join(Losses.cosineSimilarity(x[0], x[1], 0, 1e-6)),
            a,
            x(34, 3)));
    rows.add(
        row(
            "cosineEmbedding signs",
            (x, r) -> Losses.cosineEmbedding(x[0], x[1], x[2], -0.9, r),
            a,
            b,
            signs));
    rows.add(
        row(
            "hingeEmbedding signs",
            (x, r) -> Losses.hingeEmbedding(x[0], x[1], 1, r),
            x(35, 4),
            signs));
    rows.add(
        row(
            "marginRanking signs",
            (x, r) -> Losses.marginRanking(x[0], x[1], x[2], 0.3, r),
            x(36, 4),
            x(37, 4),
            signs));
    for (double p : new double[] {1, 2, 3, Double.POSITIVE_INFINITY}) {
      rows.add(
          row(
              "tripletMargin p " + p,
              (x, r) -> Losses.tripletMargin(x[0], x[1], x[2], 2, p, 1e-6, false, r),
              a,
              b,
              c));
    }
    rows.add(
        row(
            "tripletMargin swap",
            (x, r) -> Losses.tripletMargin(x[0], x[1], x[2], 2, 2, 1e-6, true, r),
            a,
            b,
            c));
  }
}
