package org.jacana.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacana.data.ColorJitter;
import org.jacana.data.CutMix;
import org.jacana.data.Cutout;
import org.jacana.data.HorizontalFlip;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.data.Mixup;
import org.jacana.data.Normalization;
import org.jacana.data.RandomCrop;
import org.jacana.data.RandomRotation;
import org.jacana.data.Transform;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How train images are changed at random, anew in each epoch. */
final class AugmentOptions {
  static final String KEY = "augment";

  private static final List<String> MIXINGS = List.of("mixup", "cutmix");
  private static final List<String> NAMES =
      List.of("crop", "flip", "rotate", "jitter", "cutout", "mixup", "cutmix");
  private static final double DEGREES = 15;
  private static final double JITTER = 0.2;

  @Option(
      names = "--augment",
      paramLabel = "NAME",
      split = ",",
      description =
          "Change train images at random in each epoch: crop (moved by up to an eighth), flip (left"
              + " and right), rotate (by up to 15 degrees), jitter (brightness, contrast,"
              + " saturation by up to a fifth), cutout (a square of a quarter of the side), and"
              + " mixup or cutmix; several with commas.")
  List<String> names = new ArrayList<>();

  void check(CommandLine line) {
    names.forEach(n -> Choices.require(line, "--augment", n, NAMES));
    if (names.containsAll(MIXINGS)) {
      throw new ParameterException(line, "--augment: mixup and cutmix exclude each other");
    }
  }

  /** Takes over what was recorded if nothing is given now. */
  void recall(Map<String, String> recorded) {
    if (names.isEmpty() && recorded.containsKey(KEY)) {
      names = List.of(recorded.get(KEY).split(","));
    }
  }

  /** Whether there is anything to do. */
  static boolean any(Map<String, String> recorded) {
    return recorded.containsKey(KEY);
  }

  /** Adds what is recorded to a loader of images, and normalises them. */
  static Loader apply(
      Map<String, String> recorded, Loader loader, ImageData images, Normalization scale) {
    List<String> names = List.of(recorded.getOrDefault(KEY, "").split(","));
    int side = Math.min(images.height(), images.width());
    List<Transform> chain = new ArrayList<>();
    for (String n : names) {
      switch (n) {
        case "crop" -> chain.add(new RandomCrop(Math.max(1, side / 8)));
        case "flip" -> chain.add(new HorizontalFlip());
        case "rotate" -> chain.add(new RandomRotation(DEGREES));
        case "jitter" ->
            chain.add(new ColorJitter(JITTER, JITTER, images.channels() == 3 ? JITTER : 0, 0));
        default -> {}
      }
    }
    chain.add(scale);
    if (names.contains("cutout")) {
      // After normalising, where 0 is the mean.
      chain.add(new Cutout(Math.max(1, side / 4)));
    }
    loader.transform(chain.toArray(new Transform[0]));
    if (names.contains("mixup")) {
      loader.mix(new Mixup(0.2));
    } else if (names.contains("cutmix")) {
      loader.mix(new CutMix(1));
    }
    return loader;
  }
}
