package org.jacana.io;

import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jacana.Tensor;

/**
 * Writes event files that TensorBoard shows: {@code tensorboard --logdir} a folder above. Each
 * writer starts a new file in its run's folder and only appends to it. Times are this machine's;
 * its name is not written. Methods may be called by several threads; what they add is in the file
 * after {@link #flush}, {@link #close}, or at the latest with an addition 5 seconds later.
 *
 * <pre>{@code
 * try (SummaryWriter w = SummaryWriter.open(Path.of("runs/lenet"))) {
 *   w.addScalar("loss/train", loss, step);
 * }
 * }</pre>
 */
public final class SummaryWriter implements AutoCloseable {
  private static final long FLUSH_MILLIS = 5000;

  private final Path folder;
  private final String host;
  private final Clock clock;
  private final Path file;
  private final OutputStream out;
  private final Map<String, SummaryWriter> runs = new LinkedHashMap<>();
  private long flushed;
  private boolean closed;

  private SummaryWriter(Path folder, String host, Clock clock) throws IOException {
    this.folder = folder.toAbsolutePath().normalize();
    this.host = host;
    this.clock = clock;
    Files.createDirectories(folder);
    flushed = clock.millis();
    String name = String.format("events.out.tfevents.%010d.%s", flushed / 1000, host);
    Path made = null;
    OutputStream opened = null;
    for (int i = 0; opened == null; i++) {
      made = folder.resolve(name + "." + i);
      try {
        opened = Files.newOutputStream(made, StandardOpenOption.CREATE_NEW);
      } catch (FileAlreadyExistsException e) {
        // Another writer began in the same second.
      }
    }
    file = made;
    out = new BufferedOutputStream(opened, 1 << 16);
    append(EventMessages.version(time()));
  }

  /**
   * Starts a file {@code events.out.tfevents.<seconds>.jacana.<number>} in a folder, which is made
   * where it is missing.
   *
   * @throws IOException if it cannot be made
   */
  public static SummaryWriter open(Path folder) throws IOException {
    return open(folder, "jacana", Clock.systemUTC());
  }

  /**
   * {@link #open(Path)} with another name than {@code jacana}, such as the machine's, and another
   * clock.
   *
   * @throws IllegalArgumentException if the name has other characters than letters, digits, - _ .
   * @throws IOException if the file cannot be made
   */
  public static SummaryWriter open(Path folder, String host, Clock clock) throws IOException {
    if (!host.matches("[A-Za-z0-9._-]+")) {
      throw new IllegalArgumentException(
          "summaryWriter: the host must be letters, digits, - _ or ., got '" + host + "'");
    }
    return new SummaryWriter(folder, host, clock);
  }

  /** The file that is written. */
  public Path file() {
    return file;
  }

  private double time() {
    return clock.millis() / 1000.0;
  }

  /**
   * A point of a curve.
   *
   * @param tag name of the curve; parts before a / group curves
   * @param value kept as float32; NaN and infinities are shown as such
   */
  public void addScalar(String tag, double value, long step) {
    add(step, EventMessages.scalar(requireTag("addScalar", tag), value));
  }

  /**
   * A point of several curves in one chart: each is a run of its own, in the folder {@code
   * <tag>_<name>} below this one, as PyTorch does it.
   */
  public synchronized void addScalars(String tag, Map<String, Double> values, long step) {
    requireTag("addScalars", tag);
    requireOpen();
    values.forEach(
        (name, value) -> {
          String run = (tag + "_" + name).replaceAll("[^A-Za-z0-9._-]", "_");
          SummaryWriter w = runs.get(run);
          if (w == null) {
            try {
              w = new SummaryWriter(folder.resolve(run), host, clock);
            } catch (IOException e) {
              throw new UncheckedIOException("addScalars: " + e.getMessage(), e);
            }
            runs.put(run, w);
          }
          w.addScalar(tag, value, step);
        });
  }

  /**
   * The distribution of a tensor's values, which are read.
   *
   * @throws IllegalArgumentException if there is none, or one is no finite number
   */
  public void addHistogram(String tag, Tensor values, long step) {
    addHistogram(tag, values.detach().doubles(), step);
  }

  /**
   * The distribution of values.
   *
   * @throws IllegalArgumentException if there is none, or one is no finite number
   */
  public void addHistogram(String tag, double[] values, long step) {
    requireTag("addHistogram", tag);
    add(step, EventMessages.histogram(tag, HistogramBuckets.of(tag, values)));
  }

  /**
   * An image, as PNG.
   *
   * @param image [height, width, channels] of 1 (grey), 3 (RGB) or 4 (RGBA) channels: U8, or floats
   *     of which 0 is black and 1 full; what is beyond is cut
   * @throws IllegalArgumentException if it is of another shape or type
   */
  public void addImage(String tag, Tensor image, long step) {
    requireTag("addImage", tag);
    addImage(tag, Png.image(tag, image), image.shape().dim(2), step);
  }

  /** An image, as PNG. */
  public void addImage(String tag, BufferedImage image, long step) {
    addImage(requireTag("addImage", tag), image, image.getColorModel().getNumComponents(), step);
  }

  private void addImage(String tag, BufferedImage image, int channels, long step) {
    byte[] png = Png.bytes(image);
    add(step, EventMessages.image(tag, image.getHeight(), image.getWidth(), channels, png));
  }

  /** A text, shown as Markdown. */
  public void addText(String tag, String text, long step) {
    add(step, EventMessages.text(requireTag("addText", tag), text));
  }

  /**
   * The hyper-parameters of this run and what came of them, for the tab HPARAMS; once a run.
   *
   * @param hparams strings, booleans and numbers by name
   * @param results by tag; they are added as curves too, at step 0
   * @throws IllegalArgumentException if a hyper-parameter is something else
   */
  public synchronized void addHparams(Map<String, Object> hparams, Map<String, Double> results) {
    requireOpen();
    hparams.forEach(
        (name, v) -> {
          if (!(v instanceof Boolean || v instanceof Number || v instanceof String)) {
            throw new IllegalArgumentException(
                "addHparams: "
                    + name
                    + " must be a string, a boolean or a number, got "
                    + (v == null ? "null" : v.getClass().getSimpleName())
                    + "; give its text");
          }
        });
    results.keySet().forEach(tag -> requireTag("addHparams", tag));
    double now = time();
    Path name = folder.getFileName();
    String group = name == null ? "run" : name.toString();
    add(0, EventMessages.experiment(hparams, results.keySet(), now));
    add(0, EventMessages.sessionStart(hparams, group, now));
    results.forEach((tag, value) -> addScalar(tag, value, 0));
    add(0, EventMessages.sessionEnd(now));
  }

  private static String requireTag(String method, String tag) {
    if (tag == null || tag.isEmpty()) {
      throw new IllegalArgumentException(method + ": the tag must not be empty");
    }
    return tag;
  }

  private synchronized void add(long step, ProtoMessage value) {
    requireOpen();
    append(EventMessages.event(time(), step, value));
    if (clock.millis() - flushed >= FLUSH_MILLIS) {
      flush();
    }
  }

  private void append(byte[] event) {
    try {
      out.write(TfRecord.framed(event));
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written", e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("summaryWriter: " + file + " is closed");
    }
  }

  /**
   * Hands what was added to the system.
   *
   * @throws UncheckedIOException if it cannot be written, the disk being full, say
   */
  public synchronized void flush() {
    requireOpen();
    runs.values().forEach(SummaryWriter::flush);
    try {
      out.flush();
      flushed = clock.millis();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written", e);
    }
  }

  /** Writes what is left and closes the file. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (OutputStream last = out) {
      runs.values().forEach(SummaryWriter::close);
      last.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written", e);
    }
  }
}
