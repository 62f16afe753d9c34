package org.jacana.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jacana.data.FormatException;

/**
 * What a TensorBoard event file holds. Reading is strict: lengths and checksums of all records must
 * be right, and never is more memory reserved than the file is long.
 *
 * @param events in the file's order
 * @param whole false where the end of a file cuts a record, see {@link #readTorn}
 */
public record EventFile(List<Event> events, boolean whole) {

  /** Copies the list. */
  public EventFile {
    events = List.copyOf(events);
  }

  /**
   * One value.
   *
   * @param wallTime seconds since 1970
   */
  public record Event(double wallTime, long step, String tag, Value value) {}

  /** What was logged. */
  public sealed interface Value permits Scalar, Histogram, Image, Text, Other {}

  /** A point of a curve. */
  public record Scalar(double value) implements Value {}

  /**
   * A distribution; bucket i holds {@code counts[i]} values below {@code limits[i]} and not below
   * the limit before.
   */
  public record Histogram(
      double min,
      double max,
      double count,
      double sum,
      double sumOfSquares,
      double[] limits,
      double[] counts)
      implements Value {}

  /**
   * A picture.
   *
   * @param encoded PNG or another format's bytes, not looked at
   */
  public record Image(int height, int width, int channels, byte[] encoded) implements Value {}

  /** Markdown, or the strings of a tensor, one a line. */
  public record Text(String text) implements Value {}

  /**
   * A value of another kind.
   *
   * @param plugin the part of TensorBoard that it is for, or empty
   */
  public record Other(String plugin) implements Value {}

  /**
   * Reads a file.
   *
   * @throws FormatException if it breaks a rule of the format
   * @throws IOException if the system cannot read it
   */
  public static EventFile read(Path file) throws IOException {
    return read(file, false);
  }

  /**
   * Reads a file that is still written, or whose writer was stopped: a record that the end of the
   * file cuts is left out.
   *
   * @throws FormatException if it breaks another rule of the format
   * @throws IOException if the system cannot read it
   */
  public static EventFile readTorn(Path file) throws IOException {
    return read(file, true);
  }

  /**
   * Reads a run that was written in several files, one after the other: all in a folder, not in
   * those below it, by {@link #readTorn}.
   *
   * @throws FormatException if a file breaks a rule of the format
   * @throws IOException if there is no event file, or the system cannot read one
   */
  public static EventFile readRun(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(f -> f.getFileName().toString().contains("tfevents")).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new NoSuchFileException(
          folder.toString(), null, "no event file in it; name the folder of one run");
    }
    List<Event> events = new ArrayList<>();
    boolean whole = true;
    for (Path file : files) {
      EventFile one = readTorn(file);
      events.addAll(one.events());
      whole &= one.whole();
    }
    return new EventFile(events, whole);
  }

  private static EventFile read(Path file, boolean torn) throws IOException {
    try (FileChannel in = FileChannel.open(file)) {
      return new EventReader(file.toString(), in, torn).read();
    }
  }

  /** The curve of a tag: values by step, of equal steps the last. */
  public Map<Long, Double> scalars(String tag) {
    Map<Long, Double> curve = new TreeMap<>();
    for (Event e : events) {
      if (e.tag().equals(tag) && e.value() instanceof Scalar s) {
        curve.put(e.step(), s.value());
      }
    }
    return curve;
  }

  /** The curves' tags, in the order of their first points. */
  public List<String> scalarTags() {
    Map<String, Boolean> tags = new LinkedHashMap<>();
    for (Event e : events) {
      if (e.value() instanceof Scalar) {
        tags.put(e.tag(), true);
      }
    }
    return List.copyOf(tags.keySet());
  }
}
