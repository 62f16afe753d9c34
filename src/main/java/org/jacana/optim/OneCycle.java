package org.jacana.optim;

/**
 * One rise and one longer fall of the learning rate (Smith and Topin 2018) by PyTorch's OneCycleLR,
 * as a factor of the highest rate: from 1 / start up to 1 at step rise steps - 1, then down to 1 /
 * (start end) at the last step. With three phases it comes back to 1 / start symmetrically, at step
 * 2 rise steps - 2, before it goes on down.
 *
 * @param rise the part of the steps that rises, above 0 and below 1; 0.3 in PyTorch
 * @param start the highest rate by the first one, PyTorch's div_factor; 25 there
 * @param end the first rate by the last one, PyTorch's final_div_factor; 10000 there
 * @param straight lines instead of cosines
 * @param threePhases fall as fast as it rose, then farther down
 */
public record OneCycle(double rise, double start, double end, boolean straight, boolean threePhases)
    implements Schedule {
  public OneCycle {
    if (!(rise > 0 && rise < 1)) {
      throw new IllegalArgumentException(
          "oneCycle: the rise must be above 0 and below 1, got " + rise);
    }
    if (!(start > 0 && end > 0) || Double.isInfinite(start) || Double.isInfinite(end)) {
      throw new IllegalArgumentException(
          "oneCycle: start and end must be positive and finite, got " + start + " and " + end);
    }
  }

  /** PyTorch's defaults: a rise of 0.3, divisors 25 and 10000, cosines, two phases. */
  public OneCycle() {
    this(0.3, 25, 1e4, false, false);
  }

  @Override
  public double factor(long step, long steps) {
    return cycle(step, steps, 1 / start, 1, 1 / (start * end));
  }

  /**
   * The momentum that goes with the rate: high, low at the highest rate, high again; 0.95 and 0.85
   * in PyTorch.
   */
  public double momentum(long step, long steps, double low, double high) {
    return cycle(step, steps, high, low, high);
  }

  private double cycle(long step, long steps, double first, double middle, double last) {
    double top = rise * steps - 1;
    if (step <= top) {
      return between(first, middle, step / top);
    }
    double back = threePhases ? 2 * rise * steps - 2 : steps - 1.0;
    if (!threePhases) {
      return between(middle, last, (step - top) / (back - top));
    }
    return step <= back
        ? between(middle, first, (step - top) / (back - top))
        : between(first, last, (step - back) / (steps - 1 - back));
  }

  private double between(double from, double to, double part) {
    // A phase of no length: its end is where it stands.
    double at = Double.isNaN(part) ? 1 : Math.min(1, part);
    return straight ? from + (to - from) * at : to + (from - to) / 2 * (1 + Math.cos(Math.PI * at));
  }
}
