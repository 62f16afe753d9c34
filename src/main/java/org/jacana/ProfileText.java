package org.jacana;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A profile as a table and as a trace. */
final class ProfileText {
  private static final double MIB = 1 << 20;

  private ProfileText() {}

  static String table(List<Profiler.Row> rows, double seconds, long left) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%-26s %8s %10s %9s %6s %10s %8s %10s%n",
            "kernel", "calls", "total ms", "mean us", "time", "GFLOP/s", "GB/s", "new MiB"));
    double measured = 0;
    for (Profiler.Row r : rows) {
      measured += r.seconds();
      text.append(
          String.format(
              Locale.ROOT,
              "%-26s %8d %10.2f %9.1f %5.1f%% %10s %8.1f %10.1f%n",
              r.name(),
              r.count(),
              r.seconds() * 1e3,
              r.seconds() / r.count() * 1e6,
              100 * r.seconds() / seconds,
              r.operations() == 0 ? "" : String.format(Locale.ROOT, "%.1f", r.gigaflops()),
              r.gigabytes(),
              r.allocated() / MIB));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "kernels %.2f ms of %.2f ms (%.1f%%); the rest is Java between them%n",
            measured * 1e3,
            seconds * 1e3,
            100 * measured / seconds));
    if (left > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "the trace holds the first %,d entries, %,d more are in this table only%n",
              Profiler.TRACE_LIMIT,
              left));
    }
    return text.toString();
  }

  static void trace(Path file, List<Profiler.Event> events, long start) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      out.write("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
      String separator = "\n";
      for (Profiler.Event e : events) {
        out.write(separator);
        out.write(entry(e, start));
        separator = ",\n";
      }
      out.write("\n]}\n");
    }
  }

  private static String entry(Profiler.Event e, long start) {
    String head =
        String.format(
            Locale.ROOT,
            "{\"name\":%s,\"cat\":\"%s\",\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":%.3f,\"dur\":%.3f",
            quoted(e.name()),
            e.shapes() == null ? "span" : "kernel",
            (e.start() - start) / 1e3,
            e.nanos() / 1e3);
    return e.shapes() == null
        ? head + "}"
        : head
            + String.format(
                Locale.ROOT,
                ",\"args\":{\"shapes\":%s,\"operations\":%d,\"bytes\":%d}}",
                quoted(e.shapes()),
                e.operations(),
                e.bytes());
  }

  private static String quoted(String text) {
    StringBuilder b = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        b.append('\\').append(c);
      } else if (c < ' ') {
        b.append(String.format("\\u%04x", (int) c));
      } else {
        b.append(c);
      }
    }
    return b.append('"').toString();
  }
}
