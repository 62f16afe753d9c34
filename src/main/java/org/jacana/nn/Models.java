package org.jacana.nn;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Generator;
import org.jacana.Shape;

/** Small, well-known networks that turn images [N, H, W, C] into logits [N, classes]. */
public final class Models {
  private static final List<String> NAMES = List.of("mlp", "lenet", "resnet8");

  private Models() {}

  /** What {@link #byName} knows. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * A model by its name, for images of {@code h x w} pixels and {@code c} channels.
   *
   * @throws IllegalArgumentException listing the known names, or naming a size that does not fit
   */
  public static Sequential byName(
      String name, int h, int w, int c, int classes, Generator generator) {
    return switch (name) {
      case "mlp" -> mlp(Shape.of(h, w, c), classes, generator);
      case "lenet" -> lenet(h, w, c, classes, generator);
      case "resnet8" -> resnet8(h, w, c, classes, generator);
      default ->
          throw new IllegalArgumentException(
              "model: no '" + name + "'; known are " + String.join(", ", NAMES));
    };
  }

  /** {@link #mlp(Shape, int, Generator)} from the default generator. */
  public static Sequential mlp(Shape input, int classes) {
    return mlp(input, classes, Generator.standard());
  }

  /**
   * A perceptron with hidden layers of 256 and 128 rectified units.
   *
   * @param input the shape of one example, without the batch axis
   */
  public static Sequential mlp(Shape input, int classes, Generator generator) {
    Check.positive("mlp", "classes", classes);
    if (input.size() < 1) {
      throw new IllegalArgumentException("mlp: the input must not be empty, got " + input);
    }
    return new Sequential(
        new Flatten(),
        new Linear(Math.toIntExact(input.size()), 256, generator),
        Activation.relu(),
        new Linear(256, 128, generator),
        Activation.relu(),
        new Linear(128, classes, generator));
  }

  /**
   * Two 5x5 convolutions with 32 and 64 filters, each rectified and max-pooled by 2, then 1024
   * rectified units: the successor of LeNet-5 (LeCun et al. 1998) that many tutorials use.
   *
   * @throws IllegalArgumentException if the image is smaller than 4x4
   */
  public static Sequential lenet(int h, int w, int c, int classes, Generator generator) {
    requireImage("lenet", h, w, c, classes, 4);
    return new Sequential(
        new Conv2d(c, 32, 5, 1, 2, true, generator),
        Activation.relu(),
        new MaxPool2d(2),
        new Conv2d(32, 64, 5, 1, 2, true, generator),
        Activation.relu(),
        new MaxPool2d(2),
        new Flatten(),
        new Linear(Math.multiplyExact(h / 4 * (w / 4), 64), 1024, generator),
        Activation.relu(),
        new Linear(1024, classes, generator));
  }

  /**
   * A residual network with one basic block of 16, 32 and 64 channels each (He et al. 2016, with
   * projection shortcuts): 3x3 convolution, three blocks with strides 1, 2 and 2, global average.
   */
  public static Sequential resnet8(int h, int w, int c, int classes, Generator generator) {
    requireImage("resnet8", h, w, c, classes, 1);
    List<Module> layers = new ArrayList<>();
    layers.add(new Conv2d(c, 16, 3, 1, 1, false, generator));
    layers.add(new BatchNorm(16));
    layers.add(Activation.relu());
    layers.add(block(16, 16, 1, generator));
    layers.add(block(16, 32, 2, generator));
    layers.add(block(32, 64, 2, generator));
    layers.add(new GlobalAvgPool());
    layers.add(new Linear(64, classes, generator));
    return new Sequential(layers);
  }

  private static Residual block(int in, int out, int stride, Generator generator) {
    Sequential body =
        new Sequential(
            new Conv2d(in, out, 3, stride, 1, false, generator),
            new BatchNorm(out),
            Activation.relu(),
            new Conv2d(out, out, 3, 1, 1, false, generator),
            new BatchNorm(out));
    Sequential shortcut =
        in == out && stride == 1
            ? null
            : new Sequential(
                new Conv2d(in, out, 1, stride, 0, false, generator), new BatchNorm(out));
    return new Residual(body, shortcut, true);
  }

  private static void requireImage(String model, int h, int w, int c, int classes, int least) {
    if (h < least || w < least) {
      throw new IllegalArgumentException(
          model + ": images must be at least " + least + "x" + least + ", got " + h + "x" + w);
    }
    Check.positive(model, "channels", c);
    Check.positive(model, "classes", classes);
  }
}
