package org.jacana.peers;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All figures of a run.
 *
 * @param machine what they were measured on
 * @param rounds turns of each contestant
 * @param loadAtEnd the system's load average
 * @param idleShare CPU time of idle workers by the time of the turns of others
 * @param frameworks versions and settings
 * @param leftOut peers that could not be had, with the reason
 * @param rows the table
 */
record Figures(
    Machine machine,
    int rounds,
    double loadAtEnd,
    double idleShare,
    Map<String, Map<String, String>> frameworks,
    Map<String, String> leftOut,
    List<Row> rows) {

  /**
   * Where and how.
   *
   * @param clock what the times are of
   */
  record Machine(String date, String cpu, String java, int threads, String clock) {
    static Machine of(Options o) throws IOException {
      return new Machine(
          LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString(),
          processor(),
          System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
          o.threads(),
          o.cpuTime() ? "CPU time" : "wall");
    }

    private static String processor() throws IOException {
      Path info = Path.of("/proc/cpuinfo");
      if (!Files.isReadable(info)) {
        return System.getProperty("os.arch");
      }
      try (Stream<String> lines = Files.lines(info)) {
        return lines
            .filter(l -> l.startsWith("model name"))
            .map(l -> l.substring(l.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(System.getProperty("os.arch"));
      }
    }

    @Override
    public String toString() {
      return String.join(
          ", ", date, cpu, threads + (threads == 1 ? " thread" : " threads"), java, clock);
    }
  }

  void write(Path file) throws IOException {
    Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    Files.writeString(file, gson.toJson(this) + "\n");
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Figures read(Path file) throws IOException {
    try {
      Figures f = new Gson().fromJson(Files.readString(file), Figures.class);
      if (f != null && f.machine != null && f.frameworks != null && f.rows != null) {
        return new Figures(
            f.machine,
            f.rounds,
            f.loadAtEnd,
            f.idleShare,
            f.frameworks,
            f.leftOut == null ? Map.of() : f.leftOut,
            f.rows);
      }
    } catch (JsonParseException e) {
      throw new IllegalArgumentException(file + ": no figures of --json: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(file + ": no figures of --json");
  }
}
