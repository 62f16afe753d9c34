package org.jacana.cli;

/**
 * Settings with which a model learns a data set well.
 *
 * @param model name of the model
 * @param epochs passes over the train images
 * @param batch images of a step
 * @param optimizer name of the optimizer
 * @param learningRate the highest of the run
 */
record Recipe(String model, int epochs, int batch, String optimizer, double learningRate) {

  /**
   * The settings for a data set; what is null is chosen.
   *
   * @param dataset a known name
   * @param model a known name or null
   * @param optimizer a known name or null
   */
  static Recipe of(String dataset, String model, String optimizer) {
    boolean digits = dataset.equals("digits");
    String net = model != null ? model : dataset.equals("cifar10") ? "resnet8" : "lenet";
    String rule = optimizer != null ? optimizer : "sgd";
    int epochs = digits ? 30 : dataset.equals("cifar10") ? 20 : 10;
    int batch = digits ? 32 : 128;
    return new Recipe(net, epochs, batch, rule, rate(rule));
  }

  private static double rate(String optimizer) {
    return switch (optimizer) {
      case "sgd" -> 0.05;
      case "adadelta" -> 1;
      case "adagrad", "muon" -> 0.01;
      case "nadam", "adamax" -> 0.002;
      case "lion" -> 0.0003;
      default -> 0.001;
    };
  }
}
