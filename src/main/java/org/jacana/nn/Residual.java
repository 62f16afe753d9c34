package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Tensor;

/** body(x) + shortcut(x), perhaps with a rectifier after it (He et al. 2016). */
public final class Residual extends Module {
  private final Module body;
  private final Module shortcut;
  private final boolean relu;

  /** With x itself as the shortcut and no rectifier. */
  public Residual(Module body) {
    this(body, null, false);
  }

  /**
   * A block.
   *
   * @param shortcut brings x to the body's output shape; null for x itself
   * @param relu whether the sum is rectified
   */
  public Residual(Module body, Module shortcut, boolean relu) {
    this.body = child("body", body);
    this.shortcut = shortcut == null ? null : child("shortcut", shortcut);
    this.relu = relu;
  }

  public Module body() {
    return body;
  }

  /** The shortcut, or null when it is x itself. */
  public Module shortcut() {
    return shortcut;
  }

  public boolean relu() {
    return relu;
  }

  @Override
  protected Tensor forward(Tensor x) {
    BatchNorm last = relu && Fusion.allowed() ? last() : null;
    // The shortcut first, so that its gradient comes last: a strided convolution of single pixels
    // then adds to the few that it reads, where the other way round the body's adds to all.
    Tensor s = shortcut == null ? x : shortcut.apply(x);
    // With a batch norm at the body's end, that takes the sum and the rectifier over.
    Tensor y = last == null ? body.apply(x) : ((Sequential) body).applyButLast(x);
    if (!y.shape().equals(s.shape())) {
      throw new IllegalArgumentException(
          "residual: the body gives "
              + y.shape()
              + " but the shortcut "
              + s.shape()
              + " for input "
              + x.shape()
              + "; give a shortcut that changes the shape as the body does");
    }
    Tensor sum = last == null ? y.add(s) : last.applyRelu(y, s);
    Scope scope = Scope.current();
    for (Tensor t : new Tensor[] {y, s}) {
      if (scope.owns(t)) {
        t.close();
      }
    }
    return relu && last == null ? sum.relu() : sum;
  }

  private BatchNorm last() {
    if (body instanceof Sequential b && b.layers().size() > 1) {
      Module end = b.layers().get(b.layers().size() - 1);
      return end instanceof BatchNorm n && n.isTraining() ? n : null;
    }
    return null;
  }

  @Override
  public String toString() {
    return relu ? "Residual(relu)" : "Residual";
  }
}
