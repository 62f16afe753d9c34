package org.jacana.cli;

/**
 * Settings with which a model learns a data set well.
 *
 * @param model name of the model
 * @param epochs passes over the train images
 * @param batch images of a step
 * @param optimizer name of the optimizer
 * @param learningRate the highest of the run
 * @param decay weight decay of sgd and adamw
 */
record Recipe(
    String model, int epochs, int batch, String optimizer, double learningRate, double decay) {

  /**
   * The settings for a data set; what is null is chosen.
   *
   * @param dataset a known name
   * @param model a known name or null
   * @param optimizer a known name or null
   */
  static Recipe of(String dataset, String model, String optimizer) {
    boolean digits = dataset.equals("digits");
    boolean colour = dataset.startsWith("cifar");
    String net = model != null ? model : colour ? "resnet8" : "lenet";
    String rule = optimizer != null ? optimizer : "sgd";
    boolean sgd = rule.equals("sgd");
    return new Recipe(
        net,
        digits ? 15 : colour ? 20 : 10,
        digits ? 32 : 128,
        rule,
        rate(rule),
        // Few images are learned by heart soon: there the weights must be held small.
        sgd ? (digits ? 5e-3 : 5e-4) : 0.01);
  }

  private static double rate(String optimizer) {
    return switch (optimizer) {
      case "sgd" -> 0.05;
      case "adadelta" -> 1;
      case "adagrad", "muon" -> 0.01;
      case "nadam", "adamax" -> 0.002;
      case "radam" -> 0.003;
      case "lion" -> 0.0003;
      default -> 0.001;
    };
  }
}
