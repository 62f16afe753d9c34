package org.jacana.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jacana.data.ByteImages;
import org.jacana.data.Dataset;
import org.jacana.data.ImageData;
import org.jacana.data.ImageFolder;
import org.jacana.data.ImageSplit;
import org.jacana.data.Located;
import org.jacana.data.Split;

/**
 * Pictures of one's own as a data set: a folder with one of pictures for each class, of which a
 * fifth is held out; or with {@code train} and {@code test} (or {@code val}) that have those.
 */
final class PictureFolder {
  static final String NAME = "image-folder";

  private static final double HELD_OUT = 0.2;
  private static final List<String> TESTS = List.of("test", "val", "validation");

  private PictureFolder() {}

  /**
   * Reads all pictures into memory.
   *
   * @param size rows and columns; null for those of the first picture
   * @throws org.jacana.data.FormatException if a picture is damaged or of another size
   * @throws IOException if the folder is missing or cannot be read
   */
  static Located load(Path folder, int[] size, boolean grey) throws IOException {
    Path train = folder.resolve("train");
    Path test =
        TESTS.stream().map(folder::resolve).filter(Files::isDirectory).findFirst().orElse(null);
    if (Files.isDirectory(train) && test != null) {
      ImageFolder learn = options(train, size, grey).open();
      int[] same = {learn.inputShape().dim(0), learn.inputShape().dim(1)};
      ImageFolder held =
          options(test, size == null ? same : size, grey)
              .classNames(learn.target().classNames())
              .open();
      return new Located(new ImageSplit(learn.load(), held.load()), folder.toString());
    }
    ImageFolder all = options(folder, size, grey).open();
    Split split = Split.stratified(all, HELD_OUT, 0);
    return new Located(
        new ImageSplit(load(split.train()), load(split.validation())),
        folder + ", a fifth held out");
  }

  private static ImageFolder.Options options(Path folder, int[] size, boolean grey) {
    ImageFolder.Options o = ImageFolder.of(folder);
    if (size != null) {
      o = o.size(size[0], size[1]);
    }
    return grey ? o.grey() : o;
  }

  private static ImageData load(Dataset part) throws IOException {
    ByteImages images = (ByteImages) part;
    int size = Math.toIntExact(images.inputShape().size());
    byte[] all = new byte[Math.multiplyExact(images.count(), size)];
    int[] labels = new int[images.count()];
    for (int i = 0; i < labels.length; i++) {
      images.bytes(i, all, i * size);
      labels[i] = images.label(i);
    }
    return new ImageData(
        images.name(),
        all,
        labels,
        labels.length,
        images.inputShape().dim(0),
        images.inputShape().dim(1),
        images.inputShape().dim(2),
        images.target().classNames());
  }
}
