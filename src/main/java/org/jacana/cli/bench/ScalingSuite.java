package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jacana.Device;
import org.jacana.cli.bench.Scaling.Over;

/**
 * Forward passes and training steps of growing batches, and of growing images.
 *
 * @param cases what is measured, in the order of the curves
 * @param leftOut what is not, and why; one sentence each
 */
record ScalingSuite(List<Case> cases, List<String> leftOut) {
  private static final int BATCH = 8;

  /**
   * One point of a curve.
   *
   * @param over what grows along the curve
   */
  record Case(Over over, ModelWork.Case model, boolean training) {
    String name() {
      return (training ? "step " : "forward ") + model.sized() + " batch " + model.batch();
    }
  }

  /**
   * Chooses what fits.
   *
   * @param small few and small sizes, to see that it runs
   * @param room bytes that the device's memory has left; a case may need half of them
   */
  static ScalingSuite of(boolean small, long room) {
    List<Case> cases = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (Case c : all(small)) {
      double bytes = ModelWork.bytes(c.model, c.training);
      if (bytes <= room / 2.0) {
        cases.add(c);
      } else {
        leftOut.add(
            String.format(
                Locale.ROOT,
                "left out: %s needs about %.0f MiB, more than half of the %.0f MiB that are free",
                c.name(),
                bytes / (1 << 20),
                room / (double) (1 << 20)));
      }
    }
    return new ScalingSuite(List.copyOf(cases), List.copyOf(leftOut));
  }

  private static List<Case> all(boolean small) {
    List<Case> all = new ArrayList<>();
    for (boolean training : new boolean[] {false, true}) {
      for (int batch : small ? new int[] {1, 2, 4} : new int[] {1, 4, 16, 64, 256, 1024, 4096}) {
        all.add(new Case(Over.BATCH, new ModelWork.Case("lenet", 28, 1, batch), training));
      }
    }
    // Its number of parameters does not grow with the image, as lenet's does.
    int batch = small ? 2 : BATCH;
    for (boolean training : new boolean[] {false, true}) {
      for (int size : small ? new int[] {8, 16, 24} : new int[] {8, 16, 32, 64, 128, 224}) {
        all.add(new Case(Over.PIXELS, new ModelWork.Case("resnet8", size, 3, batch), training));
      }
    }
    return all;
  }

  /** Whether a curve begins with that case. */
  boolean begins(int i) {
    return i == 0
        || cases.get(i).over != cases.get(i - 1).over
        || cases.get(i).training != cases.get(i - 1).training;
  }

  List<Work> works(Device device) {
    return cases.stream().map(c -> ModelWork.sized(c.model, device, c.training)).toList();
  }
}
