package org.jacana.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jacana.Shape;

/**
 * A folder of pictures, one subfolder a class: PNG, JPEG, BMP and GIF files at any depth below it,
 * in the order of their names; hidden files are left out. A picture is decoded when it is first
 * read, by the loader's workers, and kept as bytes as long as the cache has room.
 *
 * <pre>{@code
 * ImageFolder flowers = ImageFolder.of(Path.of("flowers")).size(64, 64).open();
 * Split split = Split.stratified(flowers, 0.2, 1);
 * }</pre>
 */
public final class ImageFolder implements ByteImages {
  private final Path root;
  private final List<Path> files;
  private final int[] labels;
  private final Target target;
  private final Options options;
  private final Shape shape;
  private final int size;
  private final AtomicReferenceArray<byte[]> cache;
  private final AtomicLong room;

  /** What is read, and how; each method gives another one. */
  public record Options(
      Path root,
      int height,
      int width,
      boolean cover,
      int channels,
      long cacheBytes,
      List<String> classNames) {

    public Options {
      Objects.requireNonNull(root, "root");
      classNames = List.copyOf(classNames);
      if (cacheBytes < 0) {
        throw new IllegalArgumentException(
            "imageFolder: the cache must not be negative, is " + cacheBytes);
      }
    }

    /** Pictures scaled to cover so many rows and columns, what reaches over is cut off evenly. */
    public Options size(int rows, int columns) {
      return sized(rows, columns, true);
    }

    /** Pictures stretched to so many rows and columns. */
    public Options stretch(int rows, int columns) {
      return sized(rows, columns, false);
    }

    private Options sized(int rows, int columns, boolean covering) {
      Grid.requirePositive("imageFolder", "height", rows);
      Grid.requirePositive("imageFolder", "width", columns);
      return new Options(root, rows, columns, covering, channels, cacheBytes, classNames);
    }

    /** Brightness alone, one channel, instead of red, green and blue. */
    public Options grey() {
      return new Options(root, height, width, cover, 1, cacheBytes, classNames);
    }

    /** Bytes of decoded pictures to keep; 0 for none. */
    public Options cache(long bytes) {
      return new Options(root, height, width, cover, channels, bytes, classNames);
    }

    /** The classes in this order, such as those of another folder; each may lack a subfolder. */
    public Options classNames(List<String> names) {
      return new Options(root, height, width, cover, channels, cacheBytes, names);
    }

    /**
     * Lists the files; decodes the first one if no size is set, to which all must agree then.
     *
     * @throws java.io.FileNotFoundException if there is no such folder
     * @throws FormatException if there is no class, a class has no picture, a file is none, or the
     *     subfolders are not the given classes
     * @throws IOException if the system cannot read the folder
     */
    public ImageFolder open() throws IOException {
      return new ImageFolder(this);
    }
  }

  /** Colour pictures of the size that the first one has, with a cache of up to 1 GiB. */
  public static Options of(Path root) {
    return new Options(root, 0, 0, true, 3, MemoryLimit.bytes(), List.of());
  }

  /**
   * One picture as a folder with {@link Options#size} gives it: scaled to cover the size, what
   * reaches over cut off evenly. A model trained on such a folder must be asked in this way.
   *
   * @param channels 1 for brightness, 3 for red, green, blue
   * @return [height, width, channels], unsigned bytes
   * @throws FormatException if it is no picture or damaged
   * @throws IOException if it cannot be read
   */
  public static byte[] picture(Path file, int height, int width, int channels) throws IOException {
    Grid.requirePositive("imageFolder", "height", height);
    Grid.requirePositive("imageFolder", "width", width);
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "imageFolder: pictures have 1 or 3 channels, asked for " + channels);
    }
    return Picture.read(file, channels).resized(height, width, true).pixels();
  }

  private ImageFolder(Options options) throws IOException {
    this.options = options;
    root = options.root;
    PictureFiles found = PictureFiles.of(root, options.classNames);
    files = found.files();
    labels = found.labels();
    target = Target.classes(found.classNames());
    Picture first = options.height > 0 ? null : Picture.read(files.get(0), options.channels);
    shape =
        first == null
            ? Shape.of(options.height, options.width, options.channels)
            : Shape.of(first.height(), first.width(), options.channels);
    size = Math.toIntExact(shape.size());
    cache = new AtomicReferenceArray<>(files.size());
    room = new AtomicLong(options.cacheBytes);
  }

  private byte[] picture(int i) throws IOException {
    byte[] known = cache.get(i);
    if (known != null) {
      return known;
    }
    Path file = files.get(i);
    Picture p = Picture.read(file, options.channels);
    if (options.height > 0) {
      p = p.resized(options.height, options.width, options.cover);
    } else if (p.height() != shape.dim(0) || p.width() != shape.dim(1)) {
      throw new FormatException(
          file.toString(),
          "a picture of " + shape.dim(0) + "x" + shape.dim(1) + " as " + files.get(0) + " is",
          p.height() + "x" + p.width(),
          "set a size to bring all pictures to");
    }
    if (room.addAndGet(-size) < 0) {
      room.addAndGet(size);
    } else if (!cache.compareAndSet(i, null, p.pixels())) {
      room.addAndGet(size);
    }
    return p.pixels();
  }

  @Override
  public String name() {
    return root.toString();
  }

  @Override
  public int count() {
    return labels.length;
  }

  @Override
  public Shape inputShape() {
    return shape;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public int label(int i) {
    return labels[i];
  }

  @Override
  public void bytes(int i, byte[] to, int at) throws IOException {
    System.arraycopy(picture(i), 0, to, at, size);
  }

  @Override
  public void read(int i, float[] table, float[] x, int at) throws IOException {
    ByteTable.lookUp(picture(i), 0, size, options.channels, table, x, at);
  }

  @Override
  public void read(int i, float[] x, int at) throws IOException {
    ByteTable.lookUp(picture(i), 0, size, 1, ByteTable.FRACTIONS, x, at);
  }

  /** The file of a picture. */
  public Path file(int i) {
    return files.get(i);
  }

  @Override
  public String example(int i) {
    return files.get(i).toString();
  }

  /** Bytes of decoded pictures that are kept now. */
  public long cachedBytes() {
    return options.cacheBytes - room.get();
  }

  @Override
  public String toString() {
    return root + ": " + count() + " pictures " + shape + ", " + target;
  }
}
