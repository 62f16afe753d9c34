package org.jacana.io.onnx;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The operators that graphs may use, by their type in the standard. */
final class Operators {
  private static final Map<String, Operator> ALL = new TreeMap<>();

  static {
    UnaryOps.register();
    BinaryOps.register();
    ConvOps.register();
    PoolOps.register();
    ResizeOps.register();
    MatrixOps.register();
    NormOps.register();
    ReduceOps.register();
    ShapeOps.register();
    SliceOps.register();
    BorderOps.register();
    ConvertOps.register();
    RecurrentOps.register();
  }

  private Operators() {}

  static void add(String type, Operator op) {
    ALL.put(type, op);
  }

  /** Constant nodes have no kernel, but are known. */
  static boolean has(String type) {
    return type.equals("Constant") || ALL.containsKey(type);
  }

  static Operator of(String type) {
    return ALL.get(type);
  }

  static Set<String> names() {
    return ALL.keySet();
  }

  static Value[] one(Value v) {
    return new Value[] {v};
  }
}
