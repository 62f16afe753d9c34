package org.jacana.op;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;

/** An input of a case as plain numbers; float types are all written as F64 here. */
record Arg(double[] values, DType type, int... shape) {
  /** How an input's elements lie in memory. */
  enum Placed {
    DENSE,
    /** Memory in the reverse order of axes. */
    PERMUTED,
    /** Every second element of a longer last axis, NaN in between. */
    SLICED,
    /** A later part of a larger block of memory. */
    OFFSET,
    /** Negative strides. */
    FLIPPED
  }

  /** The type this input has when floats are of type {@code floats}. */
  DType type(DType floats) {
    return type.isFloat() ? floats : type;
  }

  Tensor tensor(DType floats) {
    return make(values, type(floats), shape);
  }

  static Tensor make(double[] v, DType t, int... shape) {
    Shape s = Shape.of(shape);
    return switch (t) {
      case F64 -> Tensor.of(v, v.length).reshape(s);
      case F32 -> {
        float[] f = new float[v.length];
        for (int i = 0; i < f.length; i++) {
          f[i] = (float) v[i];
        }
        yield Tensor.of(f, f.length).reshape(s);
      }
      default -> Tensor.of(v, v.length).to(t).reshape(s);
    };
  }

  /** The same values in memory of another form. */
  Tensor tensor(DType floats, Placed placed) {
    DType t = type(floats);
    int rank = shape.length;
    int last = rank == 0 ? 1 : shape[rank - 1];
    switch (placed) {
      case PERMUTED -> {
        if (rank < 2) {
          return tensor(floats, Placed.SLICED);
        }
        int[] back = new int[rank];
        Arrays.setAll(back, i -> rank - 1 - i);
        return tensor(floats).permute(back).copy().permute(back);
      }
      case SLICED -> {
        int rows = 1;
        for (int a = 0; a < rank - 1; a++) {
          rows *= shape[a];
        }
        int wide = 2 * last + 1;
        double[] v = new double[rows * wide];
        Arrays.fill(v, t.isFloat() ? Double.NaN : 1);
        for (int i = 0; i < values.length; i++) {
          v[i / last * wide + i % last * 2 + 1] = values[i];
        }
        int[] outer = rank == 0 ? new int[] {wide} : shape.clone();
        outer[outer.length - 1] = wide;
        Tensor x = make(v, t, outer).slice(-1, 1, wide, 2);
        return rank == 0 ? x.squeeze(0) : x;
      }
      case OFFSET -> {
        double[] v = new double[values.length + 5];
        System.arraycopy(values, 0, v, 3, values.length);
        return make(v, t, v.length).slice(0, 3, 3 + values.length).reshape(Shape.of(shape));
      }
      case FLIPPED -> {
        Tensor x = tensor(floats);
        for (int a = 0; a < rank; a++) {
          x = x.flip(a);
        }
        x = x.copy();
        for (int a = 0; a < rank; a++) {
          x = x.flip(a);
        }
        return x;
      }
      default -> {
        return tensor(floats);
      }
    }
  }

  /** The axis that {@link #repeated} repeats, or -1. */
  int repeatable() {
    for (int a = 0; a < shape.length; a++) {
      if (shape[a] > 1 && values.length > 0) {
        return a;
      }
    }
    return -1;
  }

  /** The first position of {@link #repeatable} repeated along it. */
  Arg repeated() {
    int a = repeatable();
    int inner = 1;
    for (int i = a + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    int block = inner * shape[a];
    double[] v = values.clone();
    for (int i = 0; i < v.length; i++) {
      v[i] = values[i / block * block + i % inner];
    }
    return new Arg(v, type, shape);
  }

  /** {@link #repeated} with stride 0. */
  Tensor expanded(DType floats) {
    int a = repeatable();
    return tensor(floats).slice(a, 0, 1).expand(shape);
  }
}
