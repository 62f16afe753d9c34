package org.jacana;

import java.util.function.Supplier;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;

/**
 * In which number format products are computed. Parameters, their gradients and the optimizer's
 * state stay F32 whatever is chosen: while a precision is in use on a thread, matrix products,
 * linear layers and convolutions of F32 tensors cast their operands; softmax, cross-entropy and
 * norms compute in F32 (Micikevicius et al., "Mixed precision training", 2018). F64 tensors are
 * never touched.
 */
public enum Precision {
  /** IEEE single precision everywhere: the default. */
  FP32(null),
  /** F32 tensors whose products a GPU from Ampere on may round to 10 bits of mantissa. */
  TF32(null),
  /** bfloat16 products, accumulated in float. */
  BF16(DType.BF16),
  /** IEEE half-precision products; needs a loss scale, because gradients below 6e-8 become 0. */
  FP16(DType.F16);

  private static final ThreadLocal<Precision> CURRENT = ThreadLocal.withInitial(() -> FP32);

  private final DType type;

  Precision(DType type) {
    this.type = type;
  }

  /** The precision in use on this thread. */
  public static Precision current() {
    return CURRENT.get();
  }

  /** The type of products' operands, F32 for FP32 and TF32. */
  public DType type() {
    return type == null ? DType.F32 : type;
  }

  /**
   * Runs {@code f} in this precision on the device of new tensors.
   *
   * @throws UnsupportedOperationException if that device has no such products
   */
  public <T> T run(Supplier<T> f) {
    return run(Scope.backend(), f);
  }

  /**
   * Runs {@code f} in this precision on a device.
   *
   * @throws UnsupportedOperationException if the device has no such products
   */
  public <T> T run(Device device, Supplier<T> f) {
    return run(Backends.of(device), f);
  }

  private <T> T run(Backend backend, Supplier<T> f) {
    Precision before = CURRENT.get();
    boolean tf32 = backend.tf32();
    if (tf32 != (this == TF32)) {
      backend.tf32(this == TF32);
    }
    CURRENT.set(this);
    try {
      return f.get();
    } finally {
      CURRENT.set(before);
      if (tf32 != (this == TF32)) {
        backend.tf32(tf32);
      }
    }
  }

  /** Whether a product in use now would cast this tensor. */
  public static boolean lowers(Tensor t) {
    Precision p = CURRENT.get();
    return p.type != null && t != null && t.dtype() == DType.F32;
  }

  /** The operand of a product: cast when {@link #lowers}. */
  public static Tensor lower(Tensor t) {
    return lowers(t) ? t.to(CURRENT.get().type) : t;
  }

  /** Whether an operation that needs F32 would cast this tensor back. */
  public static boolean raises(Tensor t) {
    return CURRENT.get().type != null && (t.dtype() == DType.BF16 || t.dtype() == DType.F16);
  }

  /** The operand of a norm or a loss: cast when {@link #raises}. */
  public static Tensor raise(Tensor t) {
    return raises(t) ? t.to(DType.F32) : t;
  }
}
