package org.jacana.data;

import java.util.List;
import org.jacana.Shape;

/**
 * What a data set asks a model for: one of some classes, or F32 values of a shape.
 *
 * @param classNames the name of each class; empty for values
 * @param shape of the values of one example; [0] where there are none; null for classes
 */
public record Target(List<String> classNames, Shape shape) {
  /** Nothing to predict. */
  public static final Target NONE = values(0);

  /**
   * Copies the names.
   *
   * @throws IllegalArgumentException unless there is either a class or a shape
   */
  public Target {
    classNames = List.copyOf(classNames);
    if (classNames.isEmpty() == (shape == null)) {
      throw new IllegalArgumentException(
          "target: needs either class names or a shape of values, got "
              + classNames.size()
              + " class names and shape "
              + shape);
    }
  }

  /** One of these classes. */
  public static Target classes(List<String> names) {
    return new Target(names, null);
  }

  /** Values of a shape, one number for {@code values()}. */
  public static Target values(int... shape) {
    return new Target(List.of(), Shape.of(shape));
  }

  /** Whether this is a class rather than values. */
  public boolean isClass() {
    return shape == null;
  }

  /** Number of classes; 0 for values. */
  public int classes() {
    return classNames.size();
  }

  /** Numbers of one example's values; 0 for classes. */
  public int size() {
    return shape == null ? 0 : Math.toIntExact(shape.size());
  }

  @Override
  public String toString() {
    return isClass() ? classes() + " classes" : "values " + shape;
  }
}
