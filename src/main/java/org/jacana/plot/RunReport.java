package org.jacana.plot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The report of a training run from plain values: what is given is shown, in one order, whatever
 * the order in which it was given.
 */
public final class RunReport {
  private record Shown(String heading, Picture picture, String caption) {}

  private final String title;
  private final Map<String, Object> results = new LinkedHashMap<>();
  private final Map<String, Object> options = new LinkedHashMap<>();
  private final Map<String, Object> hashes = new LinkedHashMap<>();
  private final List<Shown> pictures = new ArrayList<>();
  private double[][] curves;
  private double[][] confusion;
  private List<String> classNames;
  private List<String> modelHeadings;
  private List<? extends List<String>> modelRows;

  /** An empty report. */
  public RunReport(String title) {
    this.title = title;
  }

  /** What came out, first in the report: accuracy, time and the like. */
  public RunReport results(Map<String, ?> values) {
    results.putAll(values);
    return this;
  }

  /** How the run was started. */
  public RunReport options(Map<String, ?> values) {
    options.putAll(values);
    return this;
  }

  /** What tells this run, its data and its environment from others. */
  public RunReport hashes(Map<String, ?> values) {
    hashes.putAll(values);
    return this;
  }

  /**
   * Losses and accuracies, one value an epoch; accuracies as parts 0 to 1. The test values may be
   * null.
   *
   * @throws IllegalArgumentException if their lengths differ
   */
  public RunReport epochs(
      double[] trainLoss, double[] testLoss, double[] trainAccuracy, double[] testAccuracy) {
    double[][] given = {trainLoss, testLoss, trainAccuracy, testAccuracy};
    for (double[] curve : given) {
      if (curve != null && curve.length != trainLoss.length) {
        throw new IllegalArgumentException(
            "report: all curves need one value for each of "
                + trainLoss.length
                + " epochs, one has "
                + curve.length);
      }
    }
    curves = given;
    return this;
  }

  /** Counts [true class][predicted class]. */
  public RunReport confusion(double[][] counts, List<String> names) {
    confusion = counts;
    classNames = names;
    return this;
  }

  /** The model's layers as a table. */
  public RunReport model(List<String> headings, List<? extends List<String>> rows) {
    modelHeadings = headings;
    modelRows = rows;
    return this;
  }

  /** Another picture; those with the same heading stand together. */
  public RunReport picture(String heading, Picture picture, String caption) {
    pictures.add(new Shown(heading, picture, caption));
    return this;
  }

  /** Draws the charts and puts all together; more can be added to what is returned. */
  public HtmlReport report() {
    HtmlReport out = new HtmlReport(title);
    values(out, "Results", results);
    if (curves != null) {
      curves(out);
    }
    if (confusion != null) {
      out.section("Confusion");
      out.picture(
          ConfusionPicture.counts(confusion, classNames),
          "Examples of each true class (row) by predicted class (column)");
      out.picture(ConfusionPicture.rates(confusion, classNames), "The same in percent of each row");
    }
    for (String heading : pictures.stream().map(Shown::heading).distinct().toList()) {
      out.section(heading);
      pictures.stream()
          .filter(p -> p.heading().equals(heading))
          .forEach(p -> out.picture(p.picture(), p.caption()));
    }
    if (modelRows != null) {
      out.section("Model").table(modelHeadings, modelRows);
    }
    values(out, "Options", options);
    values(out, "Hashes", hashes);
    return out;
  }

  private static void values(HtmlReport out, String heading, Map<String, Object> values) {
    if (!values.isEmpty()) {
      out.section(heading).values(values);
    }
  }

  private void curves(HtmlReport out) {
    out.section("Training");
    out.picture(TrainingCharts.loss(curves[0], curves[1]), "Loss over the epochs");
    if (curves[2] != null) {
      out.picture(TrainingCharts.accuracy(curves[2], curves[3]), "Accuracy over the epochs");
    }
    String[] names = {"train loss", "test loss", "train accuracy", "test accuracy"};
    List<String> headings = new ArrayList<>(List.of("epoch"));
    for (int c = 0; c < names.length; c++) {
      if (curves[c] != null) {
        headings.add(names[c]);
      }
    }
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < curves[0].length; i++) {
      List<String> row = new ArrayList<>(List.of(Integer.toString(i + 1)));
      for (double[] curve : curves) {
        if (curve != null) {
          row.add(Numbers.text(curve[i], 4));
        }
      }
      rows.add(row);
    }
    out.table(headings, rows);
  }
}
