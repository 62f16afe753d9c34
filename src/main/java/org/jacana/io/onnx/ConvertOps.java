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
    return in -> {
      if (in[0].isWhole() && (to == ElementType.INT64 || to == ElementType.INT32)) {
        return Operators.one(in[0]);
      }
      Value x = in[0].onDevice(backend);
      Tensor t = x.tensor();
      return Operators.one(x.with(to.dtype == DType.BOOL ? t.ne(0) : t.to(to.dtype)));
    };
  }

  private static Kernel filled(NodeContext n) throws FormatException {
    n.inputs(1, 1).outputs(1);
    FileTensor value = n.tensor("value");
    if (value != null && value.shape().size() != 1) {
      throw n.error("one value", value.shape().toString());
    }
    return in -> {
      int[] d = Arrays.stream(in[0].integers()).mapToInt(Whole::narrow).toArray();
      Shape shape = Shape.of(d);
      if (value == null || value.isTensor()) {
        DType type = value == null ? DType.F32 : value.type().dtype;
        double v = value == null ? 0 : value.number();
        return Operators.one(Value.of(Tensor.full(type, v, d)));
      }
      if (shape.size() > 1 << 20) {
        return Operators.one(Value.of(Tensor.full(DType.I32, value.number(), d)));
      }
      long[] v = new long[(int) shape.size()];
      Arrays.fill(v, value.integers()[0]);
      return Operators.one(Value.of(new Whole(v, shape)));
    };
  }
}
