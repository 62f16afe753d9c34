package org.jacana.data;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/** Examples in arrays, which are shared with the caller and must not be written to. */
public final class ArrayDataset implements Dataset {
  private final String name;
  private final int count;
  private final Shape inputShape;
  private final Target target;
  private final float[] inputs;
  private final int size;
  private final int[] labels;
  private final float[] values;

  private ArrayDataset(
      String name, float[] inputs, Shape inputShape, int[] labels, float[] values, Target target) {
    this.name = Objects.requireNonNull(name, "name");
    this.inputs = inputs;
    this.inputShape = inputShape;
    this.labels = labels;
    this.values = values;
    this.target = target;
    size = Math.toIntExact(inputShape.size());
    count = target.isClass() ? labels.length : size == 0 ? 0 : inputs.length / size;
    if (count < 1 || (long) count * size != inputs.length) {
      throw new IllegalArgumentException(
          name
              + ": "
              + inputs.length
              + " numbers are not "
              + (target.isClass() ? labels.length : "some")
              + " inputs "
              + inputShape
              + "; give at least one, and as many as there are targets");
    }
    if (!target.isClass() && (long) count * target.size() != values.length) {
      throw new IllegalArgumentException(
          name + ": " + values.length + " numbers are not " + count + " targets " + target.shape());
    }
    for (int i = 0; target.isClass() && i < count; i++) {
      if (labels[i] < 0 || labels[i] >= target.classes()) {
        throw new IllegalArgumentException(
            name
                + ": label "
                + labels[i]
                + " of example "
                + i
                + " is not in 0.."
                + (target.classes() - 1));
      }
    }
  }

  /**
   * Examples of classes.
   *
   * @param inputs [n, ...], row-major
   * @param inputShape of one
   * @param labels [n]
   * @param classNames the name of each class
   * @throws IllegalArgumentException if the sizes do not fit or a label names no class
   */
  public static ArrayDataset classes(
      String name, float[] inputs, Shape inputShape, int[] labels, List<String> classNames) {
    return new ArrayDataset(
        name, inputs, inputShape, labels, new float[0], Target.classes(classNames));
  }

  /**
   * Examples with values to predict.
   *
   * @param inputs [n, ...], row-major
   * @param inputShape of one
   * @param values [n, ...], row-major
   * @param valuesShape of those of one example
   * @throws IllegalArgumentException if the sizes do not fit
   */
  public static ArrayDataset values(
      String name, float[] inputs, Shape inputShape, float[] values, Shape valuesShape) {
    Target target = Target.values(valuesShape.dims());
    return new ArrayDataset(name, inputs, inputShape, new int[0], values, target);
  }

  /**
   * A copy of tensors: inputs [n, ...] and either labels, I32 [n], whose classes are named by their
   * numbers, or values, float [n, ...].
   *
   * @throws IllegalArgumentException if the first axes differ or a label is negative
   */
  public static ArrayDataset of(String name, Tensor inputs, Tensor targets) {
    if (inputs.rank() < 1
        || targets.rank() < 1
        || inputs.shape().dim(0) != targets.shape().dim(0)
        || inputs.shape().dim(0) < 1) {
      throw new IllegalArgumentException(
          name
              + ": inputs [n, ...] and targets [n, ...] must have one first extent of at least 1,"
              + " got "
              + inputs.shape()
              + " and "
              + targets.shape());
    }
    Shape one = inputs.shape().without(0);
    if (targets.dtype().isFloat()) {
      return values(name, inputs.floats(), one, targets.floats(), targets.shape().without(0));
    }
    if (targets.rank() != 1 || targets.dtype() == DType.BOOL) {
      throw new IllegalArgumentException(
          name + ": labels must be I32 [n], got " + targets.dtype() + " " + targets.shape());
    }
    int[] labels = targets.ints();
    int classes = 1 + Math.max(0, IntStream.of(labels).max().getAsInt());
    List<String> names = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    return classes(name, inputs.floats(), one, labels, names);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public Shape inputShape() {
    return inputShape;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public boolean inMemory() {
    return true;
  }

  @Override
  public int label(int i) {
    if (!target.isClass()) {
      throw new IllegalStateException(name + ": the target is values; ask for values(i, ...)");
    }
    return labels[i];
  }

  @Override
  public void read(int i, float[] x, int at) {
    Objects.checkIndex(i, count);
    System.arraycopy(inputs, i * size, x, at, size);
  }

  @Override
  public void values(int i, float[] y, int at) {
    if (target.isClass()) {
      throw new IllegalStateException(name + ": the target is a class; ask for label(i)");
    }
    Objects.checkIndex(i, count);
    System.arraycopy(values, i * target.size(), y, at, target.size());
  }
}
