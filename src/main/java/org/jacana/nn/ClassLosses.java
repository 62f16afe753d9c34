package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.CrossEntropy;

/** Losses of scores [..., K] for K classes that exclude each other. */
final class ClassLosses {
  private ClassLosses() {}

  private static int classes(Tensor scores) {
    return scores.shape().dim(scores.rank() - 1);
  }

  private static Tensor rows(Tensor scores, Tensor labels) {
    return scores.reshape(Shape.of(Math.toIntExact(labels.size()), classes(scores)));
  }

  private static Tensor flat(Tensor labels) {
    return labels.reshape(Shape.of(Math.toIntExact(labels.size())));
  }

  private static Tensor pick(Tensor rows, Tensor labels) {
    return rows.gather(1, labels.unsqueeze(1)).squeeze(1);
  }

  /** Without options, in one kernel; every label must be in range. */
  static Tensor plain(Tensor logits, Tensor labels, Losses.Reduction reduction) {
    LossCheck.labels("crossEntropy", "logits", logits, labels);
    if (logits.rank() == 2) {
      return Scope.tidy(() -> reduction.join(CrossEntropy.crossEntropy(logits, labels)));
    }
    return Scope.tidy(
        () ->
            reduction.join(
                CrossEntropy.crossEntropy(rows(logits, labels), flat(labels))
                    .reshape(labels.shape())));
  }

  static Tensor hard(Tensor logits, Tensor labels, CrossEntropyOptions o) {
    LossCheck.labels("crossEntropy", "logits", logits, labels);
    LossCheck.classWeights("crossEntropy", o.weights(), logits);
    return Scope.tidy(
        () -> {
          Tensor rows = rows(logits, labels);
          Tensor used = flat(labels).ne(o.ignoreIndex());
          Tensor y = Tensor.where(used, flat(labels), 0);
          double s = o.smoothing();
          Tensor loss;
          Tensor smooth = null;
          if (s == 0) {
            loss = CrossEntropy.crossEntropy(rows, y);
          } else {
            int k = classes(logits);
            LossCheck.range("crossEntropy", y, k);
            Tensor log = rows.logSoftmax(1);
            loss = pick(log, y).mul(s - 1);
            smooth = (o.weights() == null ? log : log.mul(o.weights())).sum(1).mul(-s / k);
          }
          Tensor w = o.weights() == null ? null : o.weights().indexSelect(0, y);
          loss = w == null ? loss : loss.mul(w);
          loss = smooth == null ? loss : loss.add(smooth);
          return join(loss, w, used, labels.shape(), o.reduction());
        });
  }

  static Tensor nll(
      Tensor log, Tensor labels, Tensor weights, int ignoreIndex, Losses.Reduction reduction) {
    LossCheck.labels("nll", "log-probabilities", log, labels);
    LossCheck.classWeights("nll", weights, log);
    return Scope.tidy(
        () -> {
          Tensor used = flat(labels).ne(ignoreIndex);
          Tensor y = Tensor.where(used, flat(labels), 0);
          LossCheck.range("nll", y, classes(log));
          Tensor loss = pick(rows(log, labels), y).neg();
          Tensor w = weights == null ? null : weights.indexSelect(0, y);
          return join(w == null ? loss : loss.mul(w), w, used, labels.shape(), reduction);
        });
  }

  /** The mean divides by the weights of the examples that count. */
  private static Tensor join(
      Tensor losses, Tensor weights, Tensor used, Shape shape, Losses.Reduction reduction) {
    Tensor counted = Tensor.where(used, losses, 0);
    if (reduction != Losses.Reduction.MEAN) {
      return reduction.join(counted.reshape(shape));
    }
    return counted.sum().div((weights == null ? used : Tensor.where(used, weights, 0)).sum());
  }

  static Tensor soft(Tensor logits, Tensor target, CrossEntropyOptions o) {
    if (logits.rank() == 0 || !logits.shape().equals(target.shape())) {
      throw new IllegalArgumentException(
          "crossEntropy: logits and probabilities must both be [..., K], got "
              + logits.shape()
              + " and "
              + target.shape()
              + "; labels [...] are I32");
    }
    LossCheck.oneFloatType("crossEntropy", "logits", logits, "probabilities", target);
    LossCheck.classWeights("crossEntropy", o.weights(), logits);
    if (o.ignoreIndex() >= 0) {
      throw new IllegalArgumentException(
          "crossEntropy: ignoreIndex "
              + o.ignoreIndex()
              + " needs labels, the target holds probabilities "
              + target.shape()
              + "; give labels I32, or leave it");
    }
    double s = o.smoothing();
    return Scope.tidy(
        () -> {
          Tensor p = s == 0 ? target : target.mul(1 - s).add(s / classes(logits));
          Tensor terms = logits.logSoftmax(-1).mul(p);
          Tensor weighted = o.weights() == null ? terms : terms.mul(o.weights());
          return o.reduction().join(weighted.sum(-1).neg());
        });
  }

  static Tensor focal(
      Tensor logits, Tensor labels, Tensor alpha, double gamma, Losses.Reduction reduction) {
    LossCheck.labels("softmaxFocal", "logits", logits, labels);
    LossCheck.classWeights("softmaxFocal", alpha, logits);
    Check.notNegative("softmaxFocal", "gamma", gamma);
    return Scope.tidy(
        () -> {
          Tensor y = flat(labels);
          LossCheck.range("softmaxFocal", y, classes(logits));
          Tensor loss = CrossEntropy.crossEntropy(rows(logits, labels), y);
          // 1 - p without cancellation.
          Tensor missing = loss.neg().expm1().neg();
          Tensor focused = gamma == 0 ? loss : missing.pow(gamma).mul(loss);
          Tensor weighted = alpha == null ? focused : focused.mul(alpha.indexSelect(0, y));
          return reduction.join(weighted.reshape(labels.shape()));
        });
  }

  static Tensor multiMargin(
      Tensor x, Tensor labels, int p, double margin, Tensor weights, Losses.Reduction reduction) {
    LossCheck.labels("multiMargin", "scores", x, labels);
    LossCheck.classWeights("multiMargin", weights, x);
    Check.finite("multiMargin", "margin", margin);
    if (p != 1 && p != 2) {
      throw new IllegalArgumentException("multiMargin: p must be 1 or 2, got " + p);
    }
    return LossCheck.on(
        x,
        () -> {
          int k = classes(x);
          Tensor y = flat(labels);
          LossCheck.range("multiMargin", y, k);
          Tensor rows = rows(x, labels);
          Tensor column = y.unsqueeze(1);
          Tensor h = rows.sub(rows.gather(1, column)).add(margin).relu();
          Tensor others = Tensor.arange(k).ne(column);
          Tensor sums = Tensor.where(others, p == 1 ? h : h.square(), 0).sum(1).mul(1.0 / k);
          Tensor loss = weights == null ? sums : sums.mul(weights.indexSelect(0, y));
          return reduction.join(loss.reshape(labels.shape()));
        });
  }

  static Tensor multiLabelMargin(Tensor x, Tensor labels, Losses.Reduction reduction) {
    if (x.rank() == 0 || !x.shape().equals(labels.shape())) {
      throw new IllegalArgumentException(
          "multiLabelMargin: scores and labels must both be [..., K], got "
              + x.shape()
              + " and "
              + labels.shape()
              + "; pad the labels with -1");
    }
    LossCheck.labelTypes("multiLabelMargin", "scores", x, labels);
    int k = classes(x);
    if (k == 0) {
      throw new IllegalArgumentException(
          "multiLabelMargin: there are no classes in scores " + x.shape());
    }
    return LossCheck.on(
        x,
        () -> {
          Shape matrix = Shape.of(Math.toIntExact(x.size() / k), k);
          Tensor rows = x.reshape(matrix);
          Tensor y = labels.reshape(matrix);
          Tensor given = y.lt(0).cumSum(1).eq(0);
          Tensor safe = Tensor.where(given, y, 0);
          LossCheck.range("multiLabelMargin", safe, k);
          Tensor hits = Tensor.arange(k).eq(safe.unsqueeze(2)).logicalAnd(given.unsqueeze(2));
          Tensor others = hits.any(1).logicalNot();
          Tensor pairs = given.unsqueeze(2).logicalAnd(others.unsqueeze(1));
          Tensor h = rows.unsqueeze(1).sub(rows.gather(1, safe).unsqueeze(2)).add(1).relu();
          Tensor loss = Tensor.where(pairs, h, 0).sum(1, 2).mul(1.0 / k);
          return reduction.join(loss.reshape(x.shape().without(x.rank() - 1)));
        });
  }
}
