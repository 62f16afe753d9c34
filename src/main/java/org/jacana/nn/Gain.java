package org.jacana.nn;

/**
 * The factor by which an initialiser widens weights so that a nonlinearity after them keeps the
 * variance (He et al. 2015; PyTorch's calculate_gain).
 */
public final class Gain {
  public static final double LINEAR = 1;
  public static final double RELU = Math.sqrt(2);
  public static final double SIGMOID = 1;
  public static final double TANH = 5.0 / 3;
  public static final double SELU = 3.0 / 4;

  private Gain() {}

  /** sqrt(2 / (1 + slope^2)). */
  public static double leakyRelu(double slope) {
    Check.finite("gain", "slope", slope);
    return Math.sqrt(2 / (1 + slope * slope));
  }

  /**
   * The gain of a nonlinearity by PyTorch's name: linear, conv1d, conv2d, conv3d, sigmoid, tanh,
   * relu, leaky_relu (with slope 0.01) or selu.
   *
   * @throws IllegalArgumentException for another name
   */
  public static double of(String nonlinearity) {
    return switch (nonlinearity) {
      case "linear", "conv1d", "conv2d", "conv3d" -> LINEAR;
      case "sigmoid" -> SIGMOID;
      case "tanh" -> TANH;
      case "relu" -> RELU;
      case "leaky_relu" -> leakyRelu(0.01);
      case "selu" -> SELU;
      default ->
          throw new IllegalArgumentException(
              "gain: unknown nonlinearity '"
                  + nonlinearity
                  + "'; known are linear, conv1d, conv2d, conv3d, sigmoid, tanh, relu, leaky_relu"
                  + " and selu");
    };
  }
}
