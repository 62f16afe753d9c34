package org.jacana.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * 1,797 handwritten digits of 8x8 grey pixels, packaged with the library: a data set that is always
 * there.
 *
 * <p>Each pixel counts the dark dots, 0 to 16, of a 4x4 block of the scanned digit; it is scaled to
 * min(255, 16 x count). The test part is every fifth image of each class in the order of the file
 * (the 5th, 10th, ... of the zeros, of the ones and so on): 355 images; the other 1,442 are the
 * train part, both in the order of the file. The split does not separate the writers, so it does
 * not measure the ability to read an unknown hand.
 *
 * <p>Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
 * Learning Repository, 1998, its test part; licence CC BY 4.0.
 */
public final class Digits {
  static final String RESOURCE = "digits.csv.gz";
  private static final int COUNT = 1797;
  private static final int SIDE = 8;
  private static final int PIXELS = SIDE * SIDE;
  private static final int HELD_OUT = 5;
  private static final List<String> CLASS_NAMES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private Digits() {}

  /**
   * The train images [1442, 8, 8, 1] and the test images [355, 8, 8, 1].
   *
   * @throws IllegalStateException if the packaged file is missing or damaged
   */
  public static ImageSplit load() {
    ImageData all = all();
    int[] seen = new int[all.classes()];
    int[] train = new int[COUNT];
    int[] test = new int[COUNT];
    int trainCount = 0;
    int testCount = 0;
    for (int i = 0; i < COUNT; i++) {
      if (++seen[all.labels()[i]] % HELD_OUT == 0) {
        test[testCount++] = i;
      } else {
        train[trainCount++] = i;
      }
    }
    return new ImageSplit(
        part("digits train", all, train, trainCount), part("digits test", all, test, testCount));
  }

  private static ImageData part(String name, ImageData all, int[] indices, int count) {
    ImageData part = all.select(Arrays.copyOf(indices, count));
    return new ImageData(name, part.pixels(), part.labels(), count, SIDE, SIDE, 1, CLASS_NAMES);
  }

  /** All images, in the order of the file. */
  static ImageData all() {
    try (InputStream packed = Digits.class.getResourceAsStream(RESOURCE)) {
      if (packed == null) {
        throw damaged("it is missing", null);
      }
      return parse(packed);
    } catch (IOException | NumberFormatException e) {
      throw damaged(e.getMessage(), e);
    }
  }

  private static ImageData parse(InputStream packed) throws IOException {
    byte[] pixels = new byte[COUNT * PIXELS];
    int[] labels = new int[COUNT];
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.US_ASCII));
    for (int i = 0; i < COUNT; i++) {
      String line = lines.readLine();
      String[] fields = line == null ? new String[0] : line.split(",");
      if (fields.length != PIXELS + 1) {
        throw damaged("line " + (i + 1) + " has " + fields.length + " fields", null);
      }
      for (int p = 0; p < PIXELS; p++) {
        pixels[i * PIXELS + p] = (byte) Math.min(255, 16 * Integer.parseInt(fields[p]));
      }
      labels[i] = Integer.parseInt(fields[PIXELS]);
    }
    return new ImageData("digits", pixels, labels, COUNT, SIDE, SIDE, 1, CLASS_NAMES);
  }

  private static IllegalStateException damaged(String what, Exception cause) {
    return new IllegalStateException(
        "digits: the packaged file " + RESOURCE + " is damaged (" + what + "); build the jar again",
        cause);
  }
}
