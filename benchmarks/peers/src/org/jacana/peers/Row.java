package org.jacana.peers;

import java.util.List;
import java.util.Locale;

/**
 * One work in Jacana and in a peer.
 *
 * @param name of the work
 * @param peer framework
 * @param layout of images in memory with which the peer was fastest
 * @param ours medians of the rounds, microseconds
 * @param theirs the same of the peer
 * @param ratio median of ours by median of theirs: below 1, Jacana is faster
 * @param low a quarter of the rounds had a ratio below this
 * @param high a quarter of the rounds had a ratio above this
 * @param target the largest ratio that is wanted; null where none is set
 * @param error the largest relative difference of the results
 * @param tolerance of it
 * @param ourAccuracy after an epoch, or null
 * @param theirAccuracy after an epoch, or null
 * @param others cores that other processes used meanwhile; -1 where the system does not tell
 * @param counts false where others used so much that the times say nothing about the frameworks
 * @param wrong why the times do not count, or null
 */
record Row(
    String name,
    String peer,
    String layout,
    List<Double> ours,
    List<Double> theirs,
    double ratio,
    double low,
    double high,
    Double target,
    double error,
    double tolerance,
    Double ourAccuracy,
    Double theirAccuracy,
    double others,
    boolean counts,
    String wrong) {
  /** Cores that others may use meanwhile. */
  private static final double QUIET = 0.05;

  static Row wrong(Case c, String peer, double error, String why) {
    Double target = Double.isNaN(c.target()) ? null : c.target();
    double e = Double.isFinite(error) ? error : -1;
    return new Row(
        c.name(),
        peer,
        "",
        List.of(),
        List.of(),
        0,
        0,
        0,
        target,
        e,
        c.tolerance(),
        null,
        null,
        -1,
        false,
        why);
  }

  static Row of(
      Case c, String peer, Contestant ours, Contestant theirs, double others, boolean cpuTime) {
    double[] ratios = new double[ours.medians().size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ours.medians().get(i) / theirs.medians().get(i);
    }
    return new Row(
        c.name(),
        peer,
        theirs.layout(),
        micros(ours),
        micros(theirs),
        ours.median() / theirs.median(),
        Quantiles.of(ratios, 0.25),
        Quantiles.of(ratios, 0.75),
        Double.isNaN(c.target()) ? null : c.target(),
        theirs.error(),
        c.tolerance(),
        ours.accuracy(),
        theirs.accuracy(),
        others,
        cpuTime || others <= QUIET,
        null);
  }

  private static List<Double> micros(Contestant c) {
    return c.medians().stream().map(s -> s * 1e6).toList();
  }

  /** Whether the target is reached; null where there is none or the times do not count. */
  Boolean met() {
    return target == null || !counts ? null : ratio <= target;
  }

  static String head() {
    return String.format(
        "%-52s %-22s %11s %11s %6s %15s %6s %-4s %8s %6s",
        "work",
        "peer",
        "ours us",
        "theirs us",
        "ratio",
        "quartiles",
        "target",
        "met",
        "error",
        "others");
  }

  @Override
  public String toString() {
    String who = peer + (layout == null || layout.isEmpty() ? "" : " " + layout);
    if (wrong != null) {
      return String.format("%-52s %-22s %s", name, who, wrong);
    }
    Boolean met = met();
    String text =
        String.format(
            Locale.ROOT,
            "%-52s %-22s %11s %11s %6.2f  [%5.2f, %5.2f] %6s %-4s %8.0e %6.2f",
            name,
            who,
            time(ours),
            time(theirs),
            ratio,
            low,
            high,
            target == null ? "" : String.format(Locale.ROOT, "%.2f", target),
            !counts ? "busy" : met == null ? "" : met ? "yes" : "no",
            error,
            others);
    return ourAccuracy == null
        ? text
        : text
            + String.format(
                Locale.ROOT, "  accuracy %.2f%% / %.2f%%", 100 * ourAccuracy, 100 * theirAccuracy);
  }

  private static String time(List<Double> rounds) {
    double m = Quantiles.median(rounds.stream().mapToDouble(Double::doubleValue).toArray());
    return String.format(Locale.ROOT, m < 10 ? "%.3f" : m < 1000 ? "%.1f" : "%,.0f", m);
  }
}
