package org.jacana.cli;

import java.util.List;
import org.jacana.Tensor;
import org.jacana.optim.Adadelta;
import org.jacana.optim.Adagrad;
import org.jacana.optim.Adam;
import org.jacana.optim.AdamW;
import org.jacana.optim.Adamax;
import org.jacana.optim.Lion;
import org.jacana.optim.Muon;
import org.jacana.optim.NAdam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.RAdam;
import org.jacana.optim.RmsProp;
import org.jacana.optim.Sgd;

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
    boolean folder = dataset.equals(PictureFolder.NAME);
    boolean colour = dataset.startsWith("cifar") || folder;
    String net = model != null ? model : colour ? "resnet8" : "lenet";
    String rule = optimizer != null ? optimizer : "sgd";
    boolean sgd = rule.equals("sgd");
    return new Recipe(
        net,
        digits ? 15 : colour ? 20 : 10,
        digits || folder ? 32 : 128,
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

  /** The optimizer of these parameters; the rate is set by the schedule. */
  Optimizer make(List<Tensor> parameters) {
    return switch (optimizer) {
      case "sgd" -> Sgd.of(parameters).momentum(0.9).weightDecay(decay);
      case "adam" -> Adam.of(parameters);
      case "adamw" -> AdamW.of(parameters).weightDecay(decay);
      case "amsgrad" -> Adam.of(parameters).amsgrad(true);
      case "nadam" -> NAdam.of(parameters);
      case "radam" -> RAdam.of(parameters);
      case "adamax" -> Adamax.of(parameters);
      case "rmsprop" -> RmsProp.of(parameters);
      case "adagrad" -> Adagrad.of(parameters);
      case "adadelta" -> Adadelta.of(parameters);
      case "lion" -> Lion.of(parameters);
      case "muon" -> Muon.of(parameters);
      default -> throw new IllegalStateException(optimizer + " is in no recipe");
    };
  }
}
