package org.jacana.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A network's input and parameters, in Jacana's layout and order. */
enum Net {
  MLP("mlp", 28, 1),
  LENET("lenet", 28, 1),
  RESNET8("resnet8", 32, 3);

  static final int CLASSES = 10;

  /** Name for {@code Models.byName}. */
  final String title;

  /** Rows and columns of an image. */
  final int size;

  final int channels;

  /** Made when first asked for: an enum's constructor cannot switch over it. */
  private List<Parameter> all;

  Net(String title, int size, int channels) {
    this.title = title;
    this.size = size;
    this.channels = channels;
  }

  /** What a parameter is, which says how it starts and how it is laid out elsewhere. */
  enum Role {
    /** Filters [out, rows, columns, in]. */
    FILTER,
    /** Weights [out, in]. */
    LINEAR,
    /** Weights [out, in] whose inputs are 7 x 7 x 64 features of images, channels last. */
    AFTER_IMAGE,
    BIAS,
    /** A batch norm's factor. */
    GAMMA
  }

  /** One parameter. */
  record Parameter(Role role, int... shape) {
    int count() {
      return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** Variance 1 / (3 inputs) for weights, as PyTorch's own start; 1 for factors, 0 for biases. */
    float[] start(int seed) {
      float[] v = new float[count()];
      switch (role) {
        case FILTER, LINEAR, AFTER_IMAGE -> {
          float scale = (float) Math.sqrt(shape[0] / (3.0 * v.length));
          v = Inputs.normal(1000 + seed, v.length);
          for (int i = 0; i < v.length; i++) {
            v[i] *= scale;
          }
        }
        case GAMMA -> Arrays.fill(v, 1);
        case BIAS -> {}
      }
      return v;
    }
  }

  boolean images() {
    return this != MLP;
  }

  List<Parameter> parameters() {
    if (all == null) {
      all = build();
    }
    return all;
  }

  private List<Parameter> build() {
    List<Parameter> p = new ArrayList<>();
    switch (this) {
      case MLP -> {
        linear(p, Role.LINEAR, 256, 28 * 28);
        linear(p, Role.LINEAR, 128, 256);
        linear(p, Role.LINEAR, CLASSES, 128);
      }
      case LENET -> {
        p.add(new Parameter(Role.FILTER, 32, 5, 5, 1));
        p.add(new Parameter(Role.BIAS, 32));
        p.add(new Parameter(Role.FILTER, 64, 5, 5, 32));
        p.add(new Parameter(Role.BIAS, 64));
        linear(p, Role.AFTER_IMAGE, 1024, 7 * 7 * 64);
        linear(p, Role.LINEAR, CLASSES, 1024);
      }
      case RESNET8 -> {
        normed(p, 16, 3, 3);
        normed(p, 16, 3, 16);
        normed(p, 16, 3, 16);
        normed(p, 32, 3, 16);
        normed(p, 32, 3, 32);
        normed(p, 32, 1, 16);
        normed(p, 64, 3, 32);
        normed(p, 64, 3, 64);
        normed(p, 64, 1, 32);
        linear(p, Role.LINEAR, CLASSES, 64);
      }
    }
    return List.copyOf(p);
  }

  private static void linear(List<Parameter> p, Role role, int out, int in) {
    p.add(new Parameter(role, out, in));
    p.add(new Parameter(Role.BIAS, out));
  }

  private static void normed(List<Parameter> p, int out, int kernel, int in) {
    p.add(new Parameter(Role.FILTER, out, kernel, kernel, in));
    p.add(new Parameter(Role.GAMMA, out));
    p.add(new Parameter(Role.BIAS, out));
  }
}
