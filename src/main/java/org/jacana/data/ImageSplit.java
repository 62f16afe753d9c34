package org.jacana.data;

/**
 * The two parts of a data set.
 *
 * @param train images to learn from
 * @param test images held out, of the same size and with the same classes
 */
public record ImageSplit(ImageData train, ImageData test) {

  /**
   * Checks that the parts belong together.
   *
   * @throws IllegalArgumentException if image sizes or class names differ
   */
  public ImageSplit {
    if (train.height() != test.height()
        || train.width() != test.width()
        || train.channels() != test.channels()) {
      throw new IllegalArgumentException(
          "train images " + size(train) + " and test images " + size(test) + " differ in size");
    }
    if (!train.classNames().equals(test.classNames())) {
      throw new IllegalArgumentException(
          "train classes "
              + train.classNames()
              + " and test classes "
              + test.classNames()
              + " differ");
    }
  }

  private static String size(ImageData d) {
    return "[" + d.height() + ", " + d.width() + ", " + d.channels() + "]";
  }
}
