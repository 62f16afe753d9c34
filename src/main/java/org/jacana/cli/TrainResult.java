package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jacana.Device;
import org.jacana.backend.Backends;
import org.jacana.data.ImageData;
import org.jacana.data.Located;
import org.jacana.data.Normalization;
import org.jacana.nn.Module;
import org.jacana.train.History;
import org.jacana.train.SavedModel;
import org.jacana.train.WeightsHash;

/** What a finished run leaves behind. */
record TrainResult(TrainPlan plan, Located located, Device device, Module net, History history) {

  /**
   * Writes the model and the report and says how it went.
   *
   * @param folder for both; null for none
   * @param reportFile for the report; null for none
   */
  void finish(Path folder, Path reportFile, PrintWriter out) throws IOException {
    String hash = WeightsHash.sha256(net);
    Map<String, String> versions = new LinkedHashMap<>(Versions.map());
    versions.put("natives", Backends.of(device).description());
    Report report = report(hash, versions);
    String noPage = null;
    if (folder != null) {
      Map<String, String> more = new LinkedHashMap<>();
      versions.forEach((key, value) -> more.put("version." + key, value));
      more.put("seed", Long.toString(plan.seed()));
      more.put("weightsSha256", hash);
      more.put("device", device.toString());
      more.putAll(plan.recorded());
      ImageData images = located.split().train();
      Normalization scale = Normalization.of(images);
      SavedModel.of(plan.recipe().model(), net, plan.dataset(), images, scale, more)
          .write(folder.resolve(SavedModel.FILE));
      report.write(folder.resolve(Report.FILE));
      noPage = page(hash, versions, folder.resolve(RunPage.FILE));
    }
    if (reportFile != null) {
      report.write(reportFile);
    }
    out.printf(
        Locale.ROOT,
        "test accuracy %.4f (%d of %d) after %.1f s; %s images/s, median step %.2f ms%n",
        history.last().test().accuracy(),
        history.last().test().correct(),
        history.last().test().count(),
        history.secondsTotal(),
        ProgressLine.number(history.imagesPerSecond()),
        history.stepMillisMedian());
    out.println("weights sha256 " + hash);
    if (folder != null) {
      out.println(
          "wrote "
              + folder.resolve(SavedModel.FILE)
              + ", "
              + Report.FILE
              + (noPage == null ? " and " + RunPage.FILE : "; no " + RunPage.FILE + ": " + noPage));
    }
    if (reportFile != null) {
      out.println("wrote " + reportFile);
    }
  }

  /** Null, or why there are no pictures on this machine, such as for lack of a font. */
  private String page(String hash, Map<String, String> versions, Path file) throws IOException {
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("test accuracy", history.last().test().accuracy());
    results.put("test loss", history.last().test().loss());
    results.put("epochs", history.epochs().size());
    results.put("images a second", history.imagesPerSecond());
    results.put("median step, ms", history.stepMillisMedian());
    results.put("seconds", history.secondsTotal());
    results.put("parameters", net.parameterCount());
    results.put("device", device.toString());
    Map<String, Object> hashes = new LinkedHashMap<>();
    hashes.put("weights SHA-256", hash);
    hashes.put("train data SHA-256", located.split().train().sha256());
    hashes.put("test data SHA-256", located.split().test().sha256());
    hashes.put("data", located.source());
    hashes.putAll(versions);
    RunPage page = new RunPage(plan, net, located.split().train(), located.split().test(), history);
    try {
      page.write(file, results, hashes);
      return null;
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  private Report report(String hash, Map<String, String> versions) {
    List<History.Epoch> passes = history.epochs();
    Map<String, String> dataSha256 = new LinkedHashMap<>();
    dataSha256.put("train", located.split().train().sha256());
    dataSha256.put("test", located.split().test().sha256());
    return new Report()
        .put("device", device.toString())
        .put("model", plan.recipe().model())
        .put("dataset", plan.dataset())
        .put("dataSource", located.source())
        .put("dataSha256", dataSha256)
        .put("epochs", plan.recipe().epochs())
        .put("batch", plan.recipe().batch())
        .put("optimizer", plan.recipe().optimizer())
        .put("lr", plan.recipe().learningRate())
        .put("weightDecay", plan.recipe().optimizer().equals("adam") ? 0 : plan.recipe().decay())
        .put("precision", plan.precision())
        .put("seed", plan.seed())
        .put("threads", Device.threads())
        .put("deterministic", plan.deterministic())
        .put("parameters", net.parameterCount())
        .put("trainLoss", passes.stream().map(History.Epoch::trainLoss).toList())
        .put("trainAccuracy", passes.stream().map(History.Epoch::trainAccuracy).toList())
        .put("testLoss", passes.stream().map(p -> p.test().loss()).toList())
        .put("testAccuracy", passes.stream().map(p -> p.test().accuracy()).toList())
        .put("imagesPerSecond", history.imagesPerSecond())
        .put("stepMillisMedian", history.stepMillisMedian())
        .put("secondsTotal", history.secondsTotal())
        .put("weightsSha256", hash)
        .put("versions", versions);
  }
}
