package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  private static final Path SYSTEM = Path.of("/usr/share/datasets/fashion-mnist");

  @TempDir Path folder;

  private FormatException refusal() {
    return assertThrows(FormatException.class, () -> Mnist.FASHION.folder(folder));
  }

  @Test
  void readsTheFourFiles() throws IOException {
    ImageSplit split = Mnist.FASHION.folder(TestFiles.fourFiles(folder, 7));
    assertEquals("fashion-mnist train [5, 4, 3, 1], 10 classes", split.train().toString());
    assertEquals("fashion-mnist test [3, 4, 3, 1], 10 classes", split.test().toString());
    assertArrayEquals(new int[] {7, 8, 9, 0, 1}, split.train().labels());
    assertArrayEquals(TestFiles.random(36, 10), split.test().pixels());
    assertEquals("Ankle boot", split.test().classNames().get(9));
    assertEquals("9", Mnist.DIGITS.folder(folder).train().classNames().get(9));
  }

  @Test
  void readsPlainFilesFirst() throws IOException {
    TestFiles.fourFiles(folder, 7);
    String labels = "t10k-labels-idx1-ubyte";
    Files.write(folder.resolve(labels), TestFiles.fourFile(labels, 1));
    assertArrayEquals(new int[] {1, 2, 3}, Mnist.DIGITS.folder(folder).test().labels());
  }

  @Test
  void namesEveryMissingFile() throws IOException {
    TestFiles.fourFiles(folder, 7);
    Files.delete(folder.resolve("train-labels-idx1-ubyte.gz"));
    Files.delete(folder.resolve("t10k-images-idx3-ubyte.gz"));
    var e = assertThrows(FileNotFoundException.class, () -> Mnist.FASHION.folder(folder));
    assertEquals(
        "fashion-mnist: "
            + folder
            + " lacks train-labels-idx1-ubyte, t10k-images-idx3-ubyte (each plain or with .gz); "
            + "put the four files into it or name another folder",
        e.getMessage());
  }

  @Test
  void countsOfImagesAndLabelsMustAgree() throws IOException {
    TestFiles.fourFiles(folder, 7);
    Path labels = folder.resolve("train-labels-idx1-ubyte.gz");
    Files.write(labels, TestFiles.idx(TestFiles.labels(6, 0), 6));
    FormatException e = refusal();
    assertEquals(labels.toString(), e.file());
    assertEquals("6 labels", e.found());
  }

  @Test
  void labelsMustNameAClass() throws IOException {
    TestFiles.fourFiles(folder, 7);
    byte[] labels = {0, 1, (byte) 200};
    Files.write(folder.resolve("t10k-labels-idx1-ubyte.gz"), TestFiles.idx(labels, 3));
    assertEquals("label 200 of image 2", refusal().found());
  }

  @Test
  void trainAndTestImagesMustHaveOneSize() throws IOException {
    TestFiles.fourFiles(folder, 7);
    byte[] images = TestFiles.idx(new byte[36], 3, 3, 4);
    Files.write(folder.resolve("t10k-images-idx3-ubyte.gz"), images);
    assertEquals("3x4", refusal().found());
  }

  @Test
  void readsTheRealFashionMnist() throws IOException {
    Assumptions.assumeTrue(
        Mnist.missing(SYSTEM).isEmpty(),
        "the package dataset-fashion-mnist is not installed: " + SYSTEM + " lacks its files");
    ImageSplit split = Mnist.FASHION.folder(SYSTEM);
    assertEquals("fashion-mnist train [60000, 28, 28, 1], 10 classes", split.train().toString());
    assertEquals("fashion-mnist test [10000, 28, 28, 1], 10 classes", split.test().toString());
    int[] even = new int[10];
    Arrays.fill(even, 6000);
    assertArrayEquals(even, split.train().classCounts());
    Arrays.fill(even, 1000);
    assertArrayEquals(even, split.test().classCounts());
    // The figures that are in common use for this set.
    assertEquals(0.2860f, split.train().mean()[0], 5e-5f);
    assertEquals(0.3530f, split.train().std()[0], 5e-5f);
    // The well-known first image is an ankle boot.
    assertEquals(9, split.train().labels()[0]);
  }
}
