package org.jacana.io.onnx;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.data.FormatException;
import org.jacana.nn.BatchNorm;
import org.jacana.op.Norms;

/** Normalisations. */
final class NormOps {
  private NormOps() {}

  static void register() {
    Operators.add("BatchNormalization", NormOps::batch);
    Operators.add("InstanceNormalization", NormOps::instance);
    Operators.add("LayerNormalization", NormOps::layer);
    Operators.add("RMSNormalization", NormOps::rms);
    Operators.add("GroupNormalization", NormOps::group);
    Operators.add("LRN", NormOps::local);
    Operators.add("LpNormalization", NormOps::length);
  }

  private static Kernel batch(NodeContext n) throws FormatException {
    n.inputs(5, 5).outputs(1);
    boolean trains = n.flag("training_mode", n.opset() < 7 && !n.flag("is_test", false));
    if (trains || !n.flag("spatial", true)) {
      throw n.error("training_mode 0 and spatial 1", "another");
    }
    double epsilon = n.number("epsilon", 1e-5f);
    boolean known = true;
    for (int i = 1; i < 5; i++) {
      known &= n.peek(i) != null;
    }
    if (!known) {
      return in -> Operators.one(byTensors(in, epsilon));
    }
    BatchNorm m = layer(n, epsilon);
    return in -> {
      boolean images = in[0].rank() > 2;
      Tensor y = m.apply(images ? in[0].channelsLast() : in[0].plain());
      return Operators.one(images ? Value.last(y) : Value.of(y));
    };
  }

  /** A layer of ours with the node's weights and statistics. */
  private static BatchNorm layer(NodeContext n, double epsilon) throws FormatException {
    FileTensor[] t = new FileTensor[4];
    for (int i = 0; i < 4; i++) {
      t[i] = n.constant(i + 1, "scale, shift, mean and variance");
      if (t[i].shape().rank() != 1
          || !t[i].shape().equals(t[0].shape())
          || t[i].type() != t[0].type()
          || !t[i].type().isFloat()) {
        throw n.error("four float vectors of one length", t[i].type() + " " + t[i].shape());
      }
    }
    double kept = n.number("momentum", 0.9f);
    BatchNorm m = new BatchNorm(t[0].shape().dim(0), epsilon, 1 - kept);
    n.layer(m, 1);
    m.to(t[0].type().dtype);
    Tensor[] own = {m.weight(), m.bias(), m.runningMean(), m.runningVar()};
    for (int i = 0; i < 4; i++) {
      own[i].assign(t[i].stored().tensor(n.backend()));
    }
    return m;
  }

  private static Value byTensors(Value[] in, double epsilon) {
    Value x = in[0];
    boolean images = x.rank() > 2;
    Tensor scale = in[1].plain().mul(in[4].plain().add(epsilon).rsqrt());
    Tensor shift = in[2].plain().sub(in[3].plain().mul(scale));
    Tensor y = affine(images ? x.channelsLast() : x.plain(), scale, shift);
    return images ? Value.last(y) : Value.of(y);
  }

  private static Kernel instance(NodeContext n) throws FormatException {
    n.inputs(3, 3).outputs(1);
    double epsilon = n.number("epsilon", 1e-5f);
    return in -> {
      Tensor x = in[0].channelsLast();
      int c = Math.max(1, x.shape().dim(-1));
      return Operators.one(
          Value.last(Norms.groupNorm(x, c, in[1].plain(), in[2].plain(), epsilon)));
    };
  }

  private static Tensor affine(Tensor y, Tensor scale, Tensor shift) {
    Tensor scaled = scale == null ? y : y.mul(scale);
    return shift == null ? scaled : scaled.add(shift);
  }

  private static Tensor optional(Value[] in, int i) {
    return i < in.length && in[i] != null ? in[i].plain() : null;
  }

  /** How many axes from the end an axis and those after it are. */
  private static int tail(Tensor x, int axis) {
    return x.rank() - x.shape().axis("axis", axis);
  }

  private static Kernel layer(NodeContext n) throws FormatException {
    n.inputs(2, 3).outputs(1);
    double epsilon = n.number("epsilon", 1e-5f);
    int axis = n.integer("axis", -1);
    return in -> {
      Tensor x = in[0].plain();
      int axes = tail(x, axis);
      Tensor scale = in[1].plain();
      Tensor shift = optional(in, 2);
      Shape wanted =
          Shape.of(java.util.Arrays.copyOfRange(x.shape().dims(), x.rank() - axes, x.rank()));
      boolean whole = scale.shape().equals(wanted);
      if (whole && (shift == null || shift.shape().equals(wanted))) {
        return Operators.one(Value.of(Norms.layerNorm(x, axes, scale, shift, epsilon)));
      }
      Tensor y = Norms.layerNorm(x, axes, null, null, epsilon);
      return Operators.one(Value.of(affine(y, scale, shift)));
    };
  }

  private static Kernel rms(NodeContext n) throws FormatException {
    n.inputs(2, 2).outputs(1);
    double epsilon = n.number("epsilon", 1e-5f);
    int axis = n.integer("axis", -1);
    return in -> {
      Tensor x = in[0].plain();
      Tensor y = Norms.rmsNorm(x, tail(x, axis), null, epsilon);
      return Operators.one(Value.of(y.mul(in[1].plain())));
    };
  }

  private static Kernel group(NodeContext n) throws FormatException {
    n.inputs(3, 3).outputs(1);
    double epsilon = n.number("epsilon", 1e-5f);
    int groups = n.integer("num_groups", 0);
    if (groups < 1) {
      throw n.error("num_groups of at least 1", groups + "");
    }
    boolean perGroup = n.opset() < 21;
    return in -> {
      Tensor x = in[0].channelsLast();
      int each = x.shape().dim(-1) / groups;
      Tensor scale = in[1].plain();
      Tensor shift = in[2].plain();
      if (perGroup) {
        scale = scale.repeatInterleave(each, 0);
        shift = shift.repeatInterleave(each, 0);
      }
      return Operators.one(Value.last(Norms.groupNorm(x, groups, scale, shift, epsilon)));
    };
  }

  private static Kernel local(NodeContext n) throws FormatException {
    n.inputs(1, 1).outputs(1);
    double alpha = n.number("alpha", 1e-4f);
    double beta = n.number("beta", 0.75);
    double bias = n.number("bias", 1);
    int size = n.integer("size", 0);
    if (size < 1 || size % 2 == 0) {
      throw n.error("an odd size", size + "");
    }
    return in ->
        Operators.one(
            Value.last(Norms.localResponseNorm(in[0].channelsLast(), size, alpha, beta, bias)));
  }

  /** Division by the sum of absolute values, or the root of the squares', along an axis. */
  private static Kernel length(NodeContext n) throws FormatException {
    n.inputs(1, 1).outputs(1);
    int axis = n.integer("axis", -1);
    int p = n.integer("p", 2);
    if (p != 1 && p != 2) {
      throw n.error("p of 1 or 2", p + "");
    }
    return in -> {
      Tensor x = in[0].plain();
      int[] a = {x.shape().axis("axis", axis)};
      Tensor norm = p == 1 ? x.abs().sum(a, true) : x.square().sum(a, true).sqrt();
      return Operators.one(Value.of(Tensor.where(norm.eq(0), x.zerosLike(), x.div(norm))));
    };
  }
}
