package org.jacana.plot;

import java.util.Arrays;
import java.util.stream.IntStream;

/** How the values of a field become numbers from 0 to 1, and back. */
final class FieldScale {
  enum Kind {
    LINEAR,
    LOG,
    RANK
  }

  private final Kind kind;
  private final double[] sorted;

  FieldScale(String chart, Kind kind, double[][] values) {
    this.kind = kind;
    sorted =
        Arrays.stream(values).flatMapToDouble(Arrays::stream).filter(Double::isFinite).toArray();
    Arrays.sort(sorted);
    if (sorted.length == 0) {
      throw new IllegalArgumentException(chart + ": no value of the field is finite");
    }
    if (kind == Kind.LOG && sorted[0] <= 0) {
      throw new IllegalArgumentException(
          chart
              + ": logarithmic colours need positive values, the smallest is "
              + sorted[0]
              + "; colour by rank instead");
    }
  }

  double least() {
    return sorted[0];
  }

  double most() {
    return sorted[sorted.length - 1];
  }

  double unit(double v) {
    if (least() == most()) {
      return 0.5;
    }
    return switch (kind) {
      case LINEAR -> (v - least()) / (most() - least());
      case LOG -> Math.log(v / least()) / Math.log(most() / least());
      case RANK -> rank(v);
    };
  }

  private double rank(double v) {
    int at = Arrays.binarySearch(sorted, v);
    if (at >= 0) {
      // Equal values share their middle rank.
      int first = at;
      int last = at;
      while (first > 0 && sorted[first - 1] == v) {
        first--;
      }
      while (last < sorted.length - 1 && sorted[last + 1] == v) {
        last++;
      }
      return (first + last) / 2.0 / (sorted.length - 1);
    }
    int next = -at - 1;
    if (next == 0 || next == sorted.length) {
      return next == 0 ? 0 : 1;
    }
    double between = (v - sorted[next - 1]) / (sorted[next] - sorted[next - 1]);
    return (next - 1 + between) / (sorted.length - 1);
  }

  double value(double unit) {
    return switch (kind) {
      case LINEAR -> least() + unit * (most() - least());
      case LOG -> least() * Math.pow(most() / least(), unit);
      case RANK -> {
        double at = unit * (sorted.length - 1);
        int low = Math.min((int) at, Math.max(0, sorted.length - 2));
        int high = Math.min(low + 1, sorted.length - 1);
        yield sorted[low] + (at - low) * (sorted[high] - sorted[low]);
      }
    };
  }

  /** About {@code count} values: round ones, or ones with equal distances of their colours. */
  double[] levels(int count) {
    if (count < 1 || least() == most()) {
      return new double[0];
    }
    return kind == Kind.LINEAR
        ? Numbers.between(least(), most(), count)
        : IntStream.range(0, count).mapToDouble(i -> value((i + 1.0) / (count + 1))).toArray();
  }
}
