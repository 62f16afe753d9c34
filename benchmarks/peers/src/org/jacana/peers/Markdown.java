package org.jacana.peers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Figures as a table in Markdown, below a sentence about machine, versions and date. A ratio that
 * does not count is replaced by the reason.
 */
final class Markdown {
  private final Figures figures;
  private final List<String> peers = new ArrayList<>();
  private final Map<String, Map<String, Row>> works = new LinkedHashMap<>();

  private Markdown(Figures figures) {
    this.figures = figures;
    List<Row> rows = new ArrayList<>(figures.rows());
    // Whole steps say most, and come first; the sort keeps the order of the others.
    rows.sort(Comparator.comparing(r -> !r.name().matches("(epoch|step|inference) .*")));
    for (Row r : rows) {
      String peer = r.peer().replaceAll(" .*", "");
      if (!peer.isEmpty() && !peers.contains(peer)) {
        peers.add(peer);
      }
      works.computeIfAbsent(r.name(), n -> new LinkedHashMap<>()).putIfAbsent(peer, r);
      // One layout of images may be wrong while another one is right and counts.
      if (r.wrong() == null) {
        works.get(r.name()).put(peer, r);
      }
    }
  }

  static String of(Figures figures) {
    Markdown m = new Markdown(figures);
    StringBuilder s = new StringBuilder(m.head()).append("\n\n| |");
    s.append(" Jacana |");
    m.peers.forEach(p -> s.append(' ').append(p).append(" | ratio |"));
    s.append("\n|---|---:|").append("---:|---:|".repeat(m.peers.size())).append('\n');
    m.works.forEach((name, rows) -> s.append(m.line(name, rows)));
    figures.leftOut().forEach((p, why) -> s.append("\n" + p + " is left out: " + why + "\n"));
    return s.toString();
  }

  private String head() {
    Figures.Machine f = figures.machine();
    String threads = f.threads() + (f.threads() == 1 ? " thread" : " threads");
    List<String> versions = new ArrayList<>();
    figures.frameworks().forEach((name, about) -> versions.add(name(name, about)));
    return String.format(
        "%s, %s, %s, %s. %s. Medians of %d rounds in which the frameworks took turns (%s); a ratio"
            + " is Jacana's time by the other's, with its quartiles over the rounds; results were"
            + " compared first.",
        f.date().substring(0, 10),
        f.cpu(),
        threads,
        f.java(),
        String.join("; ", versions),
        figures.rounds(),
        f.clock().equals("wall") ? "wall time" : f.clock());
  }

  private static String name(String framework, Map<String, String> about) {
    List<String> parts = new ArrayList<>();
    about.forEach(
        (k, v) -> {
          if (!k.equals("threads") && !k.equals("version")) {
            parts.add(k.equals("backend") ? v.replaceAll("^\\d+ threads?, ", "") : k + " " + v);
          }
        });
    String shown = framework.equals("jacana") ? "Jacana" : framework;
    String version = about.containsKey("version") ? " " + about.get("version") : "";
    return shown + version + (parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")");
  }

  private String line(String name, Map<String, Row> rows) {
    String ours =
        rows.values().stream()
            .filter(r -> !r.ours().isEmpty())
            .findFirst()
            .map(r -> time(r.ours()))
            .orElse("");
    StringBuilder s = new StringBuilder("| " + name.replace("|", "\\|") + " | " + ours + " |");
    for (String p : peers) {
      Row r = rows.get(p);
      s.append(' ').append(r == null || r.wrong() != null ? "" : time(r.theirs())).append(" | ");
      s.append(r == null ? "" : ratio(r)).append(" |");
    }
    return s.append('\n').toString();
  }

  private static String ratio(Row r) {
    if (r.wrong() != null) {
      return "wrong";
    }
    if (!r.counts()) {
      return "busy";
    }
    return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", r.ratio(), r.low(), r.high());
  }

  private static String time(List<Double> micros) {
    double m = Quantiles.median(micros.stream().mapToDouble(Double::doubleValue).toArray());
    double v = m < 1e3 ? m : m < 1e6 ? m / 1e3 : m / 1e6;
    String unit = m < 1e3 ? "µs" : m < 1e6 ? "ms" : "s";
    String form = v < 10 ? "%.2f %s" : v < 100 ? "%.1f %s" : "%.0f %s";
    return String.format(Locale.ROOT, form, v, unit);
  }
}
