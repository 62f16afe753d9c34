package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.data.FormatException;
import org.jacana.nn.Dropout;

/** Operators that pass values on, change their type or make them of nothing. */
final class ConvertOps {
  private ConvertOps() {}

  static void register() {
    Operators.add("Identity", n -> identity(n.inputs(1, 1)));
    Operators.add("Dropout", ConvertOps::dropout);
    Operators.add("Cast", ConvertOps::cast);
    Operators.add("CastLike", ConvertOps::castLike);
    Operators.add("Range", ConvertOps::range);
    Operators.add("ConstantOfShape", ConvertOps::filled);
  }

  private static Kernel identity(NodeContext n) throws FormatException {
    n.outputs(1);
    return in -> Operators.one(in[0]);
  }

  /** A layer of ours, which drops values when the module is trained on. */
  private static Kernel dropout(NodeContext n) throws FormatException {
    n.inputs(1, 3).outputs(1);
    double ratio = n.number(1, "ratio", n.number("ratio", 0.5));
    n.constant(2, "training_mode");
    Dropout m = n.layer(new Dropout(ratio), -1);
    return in -> Operators.one(in[0].with(m.apply(in[0].tensor())));
  }

  private static Kernel cast(NodeContext n) throws FormatException {
    n.inputs(1, 1).outputs(1);
    int code = n.integer("to", 0);
    ElementType to =
        ElementType.of(code)
            .orElseThrow(
                () -> n.error("a type of " + Arrays.toString(ElementType.values()), code + ""));
    Backend backend = n.backend();
    return in -> Operators.one(as(in[0], to.dtype, backend));
  }

  private static Value as(Value v, DType to, Backend backend) {
    if (v.isWhole() && to == DType.I32) {
      return v;
    }
    Value x = v.onDevice(backend);
    return x.with(to == DType.BOOL ? x.tensor().ne(0) : x.tensor().to(to));
  }

  private static Kernel castLike(NodeContext n) throws FormatException {
    n.inputs(2, 2).outputs(1);
    Backend backend = n.backend();
    return in -> {
      DType to = in[1].isWhole() ? DType.I32 : in[1].tensor().dtype();
      return Operators.one(as(in[0], to, backend));
    };
  }

  /** Integers from a start up to but without a limit; on the host. */
  private static Kernel range(NodeContext n) throws FormatException {
    n.inputs(3, 3).outputs(1);
    return in -> {
      long[] v = new long[3];
      for (int i = 0; i < 3; i++) {
        long[] one = in[i].integers();
        if (one.length != 1) {
          throw new IllegalArgumentException("needs scalars, got " + in[i].shape());
        }
        v[i] = one[0];
      }
      if (v[2] == 0) {
        throw new IllegalArgumentException("the step is 0");
      }
      long span = Math.subtractExact(v[1], v[0]);
      long count = Math.max(0, span / v[2] + (span % v[2] == 0 || span < 0 != v[2] < 0 ? 0 : 1));
      long[] out = new long[Whole.narrow(count)];
      Arrays.setAll(out, i -> v[0] + i * v[2]);
      return Operators.one(Value.of(Whole.vector(out)));
    };
  }

  private static Kernel filled(NodeContext n) throws FormatException {
    n.inputs(1, 1).outputs(1);
    FileTensor value = n.tensor("value");
    if (value != null && value.shape().size() != 1) {
      throw n.error("one value", value.shape().toString());
    }
    boolean tensor = value == null || value.isTensor();
    DType type = value == null ? DType.F32 : value.type().dtype;
    double number = value == null ? 0 : value.number();
    long integer = tensor ? 0 : value.integers()[0];
    return in -> {
      int[] d = Arrays.stream(in[0].integers()).mapToInt(Whole::narrow).toArray();
      Shape shape = Shape.of(d);
      // What is too large for a shape is data.
      if (tensor || shape.size() > 1 << 20) {
        return Operators.one(Value.of(Tensor.full(type, number, d)));
      }
      long[] v = new long[(int) shape.size()];
      Arrays.fill(v, integer);
      return Operators.one(Value.of(new Whole(v, shape)));
    };
  }
}
