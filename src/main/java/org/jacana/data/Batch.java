package org.jacana.data;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * The batch that a {@link Loader} stands at. Its arrays are the loader's: they are valid until the
 * loader's next batch and must not be written to.
 */
public final class Batch {
  private final Assembly assembly;
  final float[] x;
  final float[] y;
  final int[] labels;
  final int[] indices;
  final float[] parameters;
  final float[] mixing;
  final float[] raw;
  final float[] spare;
  final Draws draws = new Draws(0);
  Example[] examples;
  int n;
  int number;
  int epoch;
  Throwable failure;
  boolean ready;

  Batch(Assembly a, boolean pixels) {
    assembly = a;
    int most = a.batch();
    int stored = pixels ? most : 0;
    x = new float[Math.multiplyExact(stored, a.outputSize())];
    y = new float[stored * a.valuesSize()];
    labels = new int[most];
    indices = new int[most];
    parameters = new float[most * a.parameterCount()];
    mixing = new float[a.mixingCount(most)];
    raw = new float[pixels && !a.transforms().isEmpty() ? a.inputSize() : 0];
    spare = new float[a.mixing() == null ? 0 : Math.max(x.length, y.length)];
  }

  /** Number of examples, at least 1. */
  public int size() {
    return n;
  }

  /** Which batch of the epoch this is, from 0. */
  public int number() {
    return number;
  }

  /** The epoch, from 0. */
  public int epoch() {
    return epoch;
  }

  /** The inputs as a new tensor of the current scope: F32 [n, ...]. */
  public Tensor x() {
    return x(n);
  }

  /** The first {@code count} inputs, as {@link #x()}. */
  public Tensor x(int count) {
    return tensor(x, count, assembly.outputShape());
  }

  /**
   * What is to be predicted as a new tensor of the current scope: classes I32 [n], their
   * probabilities F32 [n, classes] where a batch transform mixes them, or values F32 [n, ...].
   */
  public Tensor y() {
    return y(n);
  }

  /** The first {@code count} targets, as {@link #y()}. */
  public Tensor y(int count) {
    if (assembly.valuesShape() != null) {
      return tensor(y, count, assembly.valuesShape());
    }
    requireCount(count);
    return Tensor.of(count == labels.length ? labels : Arrays.copyOf(labels, count), count);
  }

  private Tensor tensor(float[] from, int count, Shape one) {
    requireCount(count);
    int size = Math.toIntExact(count * one.size());
    float[] exact = from.length == size ? from : Arrays.copyOf(from, size);
    return Tensor.of(exact, one.insert(0, count).dims());
  }

  private void requireCount(int count) {
    if (count < 1 || count > n) {
      throw new IllegalArgumentException(
          "batch: it has " + n + " examples, asked for the first " + count);
    }
  }

  /** The inputs, [batch, ...]; what lies behind the first {@link #size} of them is left over. */
  public float[] input() {
    return x;
  }

  /** The values or mixed probabilities, [batch, ...]; empty for plain classes. */
  public float[] values() {
    return y;
  }

  /** The classes, [batch]; zeros where the target is values. */
  public int[] labels() {
    return labels;
  }

  /** The numbers of the examples in the data set, [batch]; zeros for a stream. */
  public int[] indices() {
    return indices;
  }

  /** What was drawn for {@link Loader#transforms}, [batch, parameters]. */
  public float[] parameters() {
    return parameters;
  }

  /** What was drawn for {@link Loader#mixing}. */
  public float[] mixingParameters() {
    return mixing;
  }
}
