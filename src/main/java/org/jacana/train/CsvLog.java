package org.jacana.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jacana.data.FormatException;
import org.jacana.io.AtomicFile;

/**
 * Writes a line for each epoch into a CSV file: epoch, step, then the figures. The file is whole at
 * any time. A resumed run keeps the lines of the epochs that it has behind it and no others;
 * another run begins the file anew.
 */
public final class CsvLog implements Callback {
  private final Path file;
  private final List<String> lines = new ArrayList<>();
  private List<String> columns;

  /** A log in this file, whose folder is made where it is missing. */
  public CsvLog(Path file) {
    this.file = file;
  }

  @Override
  public void start(TrainingRun run) throws IOException {
    lines.clear();
    columns = null;
    if (!run.resumed() || !Files.exists(file)) {
      Files.deleteIfExists(file);
      return;
    }
    List<String> old = Files.readAllLines(file, StandardCharsets.UTF_8);
    if (old.isEmpty() || !old.get(0).startsWith("epoch,step")) {
      throw new FormatException(
          file.toString(),
          "a log that begins with epoch,step",
          old.isEmpty() ? "nothing" : old.get(0),
          "move it away");
    }
    columns = List.of(old.get(0).split(","));
    for (String line : old.subList(1, old.size())) {
      if (epochOf(line) <= run.history().size()) {
        lines.add(line);
      }
    }
    write();
  }

  private int epochOf(String line) throws FormatException {
    try {
      return Integer.parseInt(line.substring(0, Math.max(0, line.indexOf(','))));
    } catch (NumberFormatException e) {
      throw new FormatException(
          file.toString(), "lines that begin with the epoch's number", line, "move it away");
    }
  }

  @Override
  public void epochEnd(TrainingRun run) throws IOException {
    List<String> now = new ArrayList<>(List.of("epoch", "step"));
    now.addAll(run.values().keySet());
    if (columns == null) {
      columns = now;
    }
    if (!columns.equals(now)) {
      throw new FormatException(
          file.toString(),
          "the columns " + new TreeSet<>(now),
          "the columns " + new TreeSet<>(columns),
          "move it away: it is of a run with other figures");
    }
    StringBuilder line = new StringBuilder(run.epoch() + "," + run.step());
    run.values().values().forEach(v -> line.append(',').append(v));
    lines.add(line.toString());
    write();
  }

  private void write() throws IOException {
    StringBuilder text = new StringBuilder(String.join(",", columns)).append('\n');
    lines.forEach(l -> text.append(l).append('\n'));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
