package org.jacana.train.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * The area under the ROC curve: the probability that an example of the class scores higher than one
 * of the others, a tie counting half. Exact: it keeps all scores on the device, up to a limit, and
 * ranks them on the host; its updates cannot be recorded in a {@link org.jacana.CapturedStep}.
 *
 * <p>Source: J. Hanley, B. McNeil, The Meaning and Use of the Area under a Receiver Operating
 * Characteristic (ROC) Curve, Radiology 143, 1982 (the area is the Mann-Whitney statistic).
 */
public final class RocAuc implements Metric {
  private static final String NAME = "rocAuc";

  /** How many scores are kept unless said otherwise: 80 MB as float32. */
  public static final long LIMIT = 20_000_000;

  /** The scores [n, columns] and labels of a batch, and weights or null. */
  private record Kept(Tensor scores, Tensor labels, Tensor weights) implements AutoCloseable {
    @Override
    public void close() {
      scores.close();
      labels.close();
      weights.close();
    }
  }

  private final int classes;
  private final boolean binary;
  private final long limit;
  private final List<Kept> kept = new ArrayList<>();
  private long scores;
  private boolean closed;

  private RocAuc(int classes, boolean binary, long limit) {
    if (classes < 2) {
      throw new IllegalArgumentException(NAME + ": needs at least 2 classes, got " + classes);
    }
    this.classes = classes;
    this.binary = binary;
    this.limit = limit;
  }

  /** Of scores [...] or [..., 1], logits or probabilities, for labels 0 and 1. */
  public static RocAuc binary() {
    return new RocAuc(2, true, LIMIT);
  }

  /**
   * The mean over the classes of that of each against all others, by their probabilities
   * softmax(output). Classes without an example, or with all, do not count.
   */
  public static RocAuc oneVsRest(int classes) {
    return new RocAuc(classes, false, LIMIT);
  }

  /** The same, without batches, that keeps another number of scores at most. */
  public RocAuc limit(long scores) {
    if (scores < 1) {
      throw new IllegalArgumentException(NAME + ": the limit must be at least 1, got " + scores);
    }
    return new RocAuc(classes, binary, scores);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean largerIsBetter() {
    return true;
  }

  /**
   * Keeps a batch.
   *
   * @throws IllegalArgumentException if shapes or types do not fit
   * @throws IllegalStateException if there would be more scores than the limit, a step is being
   *     recorded, or this is closed
   */
  @Override
  public void update(Tensor output, Tensor target, Tensor weights) {
    requireOpen();
    if (output.backend().capturing()) {
      throw new IllegalStateException(
          NAME + ": it keeps all scores and cannot be part of a recorded step; update it outside");
    }
    try (Scope s = Scope.open(output.device());
        Autograd.Mode off = Autograd.noGrad()) {
      // Its checks are of use here, not its labels: those outside are found on the host later.
      Rows r =
          binary
              ? Rows.binary(NAME, output, target, weights)
              : Rows.classes(NAME, output, target, weights, classes);
      if (scores + output.size() > limit) {
        throw new IllegalStateException(
            NAME
                + ": it would keep "
                + (scores + output.size())
                + " scores but the limit is "
                + limit
                + "; raise it with limit(...) or take fewer examples");
      }
      Tensor labels = target.detach().to(DType.I32).reshape((int) target.size()).copy();
      Tensor w = Rows.weights(NAME, weights, target.shape(), output).copy();
      kept.add(
          new Kept(
              Scope.release(Metrics.wide(r.output()).copy()),
              Scope.release(labels),
              Scope.release(w)));
      scores += output.size();
    }
  }

  @Override
  public double compute() {
    double sum = 0;
    int counted = 0;
    double[] each = perClass();
    for (int c = binary ? 1 : 0; c < classes; c++) {
      if (!Double.isNaN(each[c])) {
        sum += each[c];
        counted++;
      }
    }
    if (counted == 0) {
      throw new IllegalStateException(
          NAME + ": needs examples of at least 2 classes, all are of one");
    }
    return sum / counted;
  }

  /**
   * The area of each class against the others; NaN for a class without an example, or with all.
   *
   * @throws IllegalArgumentException if an output is NaN or a label outside the classes
   * @throws IllegalStateException if there was no example of a weight above 0, or this is closed
   */
  public double[] perClass() {
    requireOpen();
    RankedScores all = new RankedScores(NAME, classes, binary);
    for (Kept k : kept) {
      all.add(k.scores().doubles(), k.labels().ints(), k.weights().doubles());
    }
    if (all.size() == 0) {
      throw Sums.none(NAME);
    }
    double[] out = new double[classes];
    Arrays.setAll(out, all::area);
    return out;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(NAME + ": it is closed");
    }
  }

  @Override
  public void reset() {
    requireOpen();
    forget();
  }

  private void forget() {
    kept.forEach(Kept::close);
    kept.clear();
    scores = 0;
  }

  @Override
  public void close() {
    closed = true;
    forget();
  }
}
