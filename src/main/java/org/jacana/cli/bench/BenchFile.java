package org.jacana.cli.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jacana.Device;
import org.jacana.backend.Backends;
import org.jacana.data.FormatException;
import org.jacana.io.AtomicFile;

/**
 * A run of the benchmark as it is kept.
 *
 * @param date of the run
 * @param device its name
 * @param description hardware and libraries
 * @param threads of the CPU's kernels
 * @param versions of Jacana, Java and the system
 * @param copyGigabytes measured ceiling
 * @param productGigaflops measured ceilings by precision
 * @param clocks of a GPU's processors; empty for a CPU
 * @param results one a line of the table
 * @param scaling how times grow; absent where that was not measured
 */
public record BenchFile(
    String date,
    String device,
    String description,
    int threads,
    Map<String, String> versions,
    double copyGigabytes,
    Map<String, Double> productGigaflops,
    List<Clock> clocks,
    List<Result> results,
    Scaling scaling) {
  private static final long LIMIT = 16 << 20;

  /** What was measured, with what it depends on. */
  public static BenchFile of(Bench b, Map<String, String> versions, String date) {
    Map<String, Double> rates = new java.util.LinkedHashMap<>();
    b.ceilings().operationsPerSecond().forEach((p, r) -> rates.put(p.name(), r / 1e9));
    return new BenchFile(
        date,
        b.device().toString(),
        Backends.of(b.device()).description(),
        Device.threads(),
        versions,
        b.ceilings().bytesPerSecond() / 1e9,
        rates,
        b.clocks(),
        b.results(),
        b.scaling());
  }

  /** Writes the file; it appears whole or not at all. */
  public void write(Path file) throws IOException {
    Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    byte[] bytes = (gson.toJson(this) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws FormatException if it is none
   * @throws IOException if it cannot be read
   */
  public static BenchFile read(Path file) throws IOException {
    if (Files.size(file) > LIMIT) {
      throw wrong(file, "more than " + LIMIT + " bytes");
    }
    try {
      BenchFile f = new Gson().fromJson(Files.readString(file), BenchFile.class);
      if (f == null || f.results == null || f.results.contains(null)) {
        throw wrong(file, "no results");
      }
      if (f.results.stream().anyMatch(r -> r.name() == null)) {
        throw wrong(file, "a result without a name");
      }
      return f;
    } catch (JsonParseException | java.nio.charset.MalformedInputException e) {
      throw wrong(file, "no such JSON: " + e.getMessage());
    }
  }

  private static FormatException wrong(Path file, String found) {
    return new FormatException(
        file.toString(),
        "the JSON of `jacana bench --json`",
        found,
        "measure again with `jacana bench --json " + file.getFileName() + "`");
  }

  /** This run beside an earlier one, as a table. */
  public String against(BenchFile before) {
    String warning =
        before.description != null && before.description.equals(description)
            ? ""
            : "another device or library: " + before.description + "\n";
    return warning + Comparison.of(before.results, results);
  }

  /** The largest ratio of a new time to its old one, beyond the spread; 0 where there is none. */
  public double worstRatio(BenchFile before) {
    return Comparison.of(before.results, results).worst();
  }
}
