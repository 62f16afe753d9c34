package org.jacana.backend.cuda;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUfunction;
import org.jacana.DType;

/**
 * The kernels of the pointwise functions of one or two arguments. A function is a row of {@code
 * cuda/FAMILY_rows.cuh}, from which each form below makes one kernel.
 */
final class Functions {
  /** What a kernel reads, computes in and writes. */
  enum Form {
    /** F32 to F32. */
    F32("f32", "f32"),
    /** F32 to BOOL, for functions that are true or false. */
    TEST("f32", "test"),
    /**
     * Types that a float holds, to float types, or to BOOL for functions that are true or false.
     */
    FLOAT("float", "float"),
    /** All types. */
    DOUBLE("double", "double");

    private final String file;
    private final String suffix;

    Form(String file, String suffix) {
      this.file = file;
      this.suffix = suffix;
    }
  }

  private final class Row {
    private final String name;
    private final boolean test;
    private final CUfunction[] loaded = new CUfunction[Form.values().length];

    Row(String name) {
      this.name = name;
      this.test = gpu.kernels().has(file(Form.TEST), kernel(Form.TEST));
    }

    private String kernel(Form form) {
      return name + "_" + form.suffix;
    }

    private synchronized CUfunction load(Form form) {
      CUfunction f = loaded[form.ordinal()];
      if (f == null) {
        if (!gpu.kernels().has(file(form), kernel(form))) {
          throw new UnsupportedOperationException(
              String.format(
                  "%s: there is no kernel %s for the GPU; add a row for it to cuda/%s_rows.cuh and"
                      + " run cuda/build.sh",
                  name, kernel(form), family));
        }
        f = gpu.kernels().get(file(form), kernel(form));
        loaded[form.ordinal()] = f;
      }
      return f;
    }
  }

  private final Gpu gpu;
  private final String family;
  private final Map<String, Row> rows = new ConcurrentHashMap<>();

  /**
   * @param family "unary" or "binary"
   */
  Functions(Gpu gpu, String family) {
    this.gpu = gpu;
    this.family = family;
  }

  private String file(Form form) {
    return family + "_" + form.file;
  }

  private Row row(String name) {
    Row r = rows.get(name);
    return r != null ? r : rows.computeIfAbsent(name, Row::new);
  }

  /** The narrowest form of a function in which no type loses digits. */
  Form form(String name, DType to, DType a, DType b) {
    boolean test = row(name).test;
    if (a == DType.F32 && b == DType.F32 && to == (test ? DType.BOOL : DType.F32)) {
      return test ? Form.TEST : Form.F32;
    }
    boolean out = to == DType.BOOL ? test : to.isFloat() && to != DType.F64;
    return out && inFloat(a) && inFloat(b) ? Form.FLOAT : Form.DOUBLE;
  }

  private static boolean inFloat(DType t) {
    return t != DType.F64 && t != DType.I32;
  }

  /**
   * Begins a launch.
   *
   * @throws UnsupportedOperationException if the function has no row
   */
  Launch launch(String name, Form form) {
    Row r = row(name);
    return gpu.launch(r.load(form), name);
  }
}
