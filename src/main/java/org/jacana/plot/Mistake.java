package org.jacana.plot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jacana.data.ImageData;

/**
 * An example that a classifier gets wrong.
 *
 * @param index of the example
 * @param label its true class
 * @param predicted the class that was found most probable
 * @param probability of the predicted class
 * @param probabilityOfLabel of the true class
 */
public record Mistake(
    int index, int label, int predicted, double probability, double probabilityOfLabel) {

  /**
   * The mistakes whose true class was found least probable, that is with the largest
   * cross-entropies, worst first.
   *
   * @param labels the true classes
   * @param probabilities [examples][classes]
   * @param count how many at most
   * @throws IllegalArgumentException if the lengths differ, or a label is no class
   */
  public static List<Mistake> worst(int[] labels, double[][] probabilities, int count) {
    if (labels.length != probabilities.length) {
      throw new IllegalArgumentException(
          "mistakes: " + labels.length + " labels for " + probabilities.length + " examples");
    }
    List<Mistake> all = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      double[] p = probabilities[i];
      if (labels[i] < 0 || labels[i] >= p.length) {
        throw new IllegalArgumentException(
            "mistakes: label "
                + labels[i]
                + " of example "
                + i
                + " is not one of its "
                + p.length
                + " classes");
      }
      int best = 0;
      for (int k = 1; k < p.length; k++) {
        best = p[k] > p[best] ? k : best;
      }
      if (best != labels[i]) {
        all.add(new Mistake(i, labels[i], best, p[best], p[labels[i]]));
      }
    }
    all.sort(Comparator.comparingDouble(Mistake::probabilityOfLabel));
    return List.copyOf(all.subList(0, Math.min(count, all.size())));
  }

  /**
   * A sheet of mistakes: below each image its true class and what it was taken for, with that one's
   * probability.
   *
   * @throws IllegalArgumentException if there is no mistake to show
   */
  public static Picture picture(String title, ImageData data, List<Mistake> mistakes) {
    if (mistakes.isEmpty()) {
      throw new IllegalArgumentException("mistakes: there is none to show");
    }
    ImageGrid grid = new ImageGrid(title);
    for (Mistake m : mistakes) {
      String taken = data.classNames().get(m.predicted());
      grid.add(
          Pixels.of(data, m.index()),
          "true " + data.classNames().get(m.label()),
          String.format(Locale.ROOT, "found %s, %.0f %%", taken, 100 * m.probability()));
    }
    return grid.picture();
  }
}
