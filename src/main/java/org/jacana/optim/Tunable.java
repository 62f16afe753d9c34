package org.jacana.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Tensor;

/** An optimizer whose options are numbers, each with its range; T is the optimizer itself. */
abstract class Tunable<T extends Tunable<T>> extends Optimizer {
  /** The values that an option may have. */
  enum Range {
    NOT_NEGATIVE,
    FRACTION,
    /** A whole number from 1 to 100. */
    COUNT,
    SWITCH
  }

  private final String name;
  private final Map<String, Range> ranges = new LinkedHashMap<>();
  private final Map<String, Double> values = new LinkedHashMap<>();

  Tunable(String name, List<Tensor> parameters, double weightDecay) {
    super(name, parameters, weightDecay);
    this.name = name;
  }

  abstract T self();

  final void option(String option, Range range, double value) {
    ranges.put(option, range);
    values.put(option, value);
  }

  final T set(String option, double value) {
    values.put(option, checked(option, value));
    return self();
  }

  final T set(String option, boolean on) {
    return set(option, on ? 1 : 0);
  }

  final double get(String option) {
    return values.get(option);
  }

  final boolean on(String option) {
    return get(option) != 0;
  }

  private double checked(String option, double value) {
    String words = option.replace('_', ' ');
    return switch (ranges.get(option)) {
      case NOT_NEGATIVE -> notNegative(words, value);
      case FRACTION -> fraction(words, value);
      case COUNT -> {
        if (!(value >= 1 && value <= 100 && value == Math.rint(value))) {
          throw new IllegalArgumentException(
              name + ": " + words + " must be a whole number from 1 to 100, got " + value);
        }
        yield value;
      }
      case SWITCH -> {
        if (value != 0 && value != 1) {
          throw new IllegalArgumentException(name + ": " + words + " must be 0 or 1, got " + value);
        }
        yield value;
      }
    };
  }

  @Override
  public T learningRate(double rate) {
    super.learningRate(rate);
    return self();
  }

  /** The weight decay of the first parameters. */
  public T weightDecay(double decay) {
    firstDecay(decay);
    return self();
  }

  /** More parameters, with their own factor on the learning rate and their own weight decay. */
  public T group(List<Tensor> parameters, double rateFactor, double weightDecay) {
    addGroup(parameters, rateFactor, weightDecay);
    return self();
  }

  @Override
  protected final Map<String, Double> options() {
    return new LinkedHashMap<>(values);
  }

  @Override
  protected final Runnable options(Map<String, Double> saved) {
    saved.forEach(this::checked);
    Map<String, Double> copy = new LinkedHashMap<>(saved);
    return () -> values.putAll(copy);
  }
}
