package org.jacana.op;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Node;
import org.jacana.autograd.Watch;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/**
 * One differentiable operation: its shape rule, its kernel call and its gradient. A new object is
 * made for every call, so fields may hold what the gradient needs to know.
 *
 * <p>Gradients are written with tensor operations, never on raw memory, so that they can be
 * differentiated again.
 */
public abstract class Op {
  public abstract String name();

  /** The output's shape; throws with the rule and the shapes when the inputs do not fit. */
  protected abstract Shape infer(Tensor[] in);

  protected DType inferType(Tensor[] in) {
    return in[0].dtype();
  }

  /** Writes the whole output. */
  protected abstract void run(Backend backend, View out, View[] in);

  /**
   * The gradients of the inputs from that of the output. Entries not needed, and those that do not
   * depend on the input, may be null.
   *
   * @param in the inputs; null where {@link #keepsInput} is false
   * @param out the output; null unless {@link #keepsOutput}
   * @param needs which inputs ask for a gradient
   */
  public abstract Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs);

  /**
   * Adds the gradient of one input to {@code sum}, a contiguous tensor that nobody else holds, in
   * place: what arrives from several operations then needs no pass over memory to be added up. Not
   * called while recording.
   *
   * @param in as for {@link #vjp}
   * @param g the output's gradient
   * @return false where there is no kernel for it; sum is then as it was
   */
  public boolean addGradient(int i, Tensor[] in, Tensor g, Tensor sum) {
    return false;
  }

  /** Whether the gradient reads this input; what is not kept frees its memory early. */
  public boolean keepsInput(int i) {
    return true;
  }

  public boolean keepsOutput() {
    return false;
  }

  /** The numbers besides the inputs that a pointwise operation depends on, for observers. */
  public double[] constants() {
    return new double[0];
  }

  /** The same value from simpler, recorded operations, for observers; null if there are none. */
  public Tensor unfused(Tensor[] in) {
    return null;
  }

  /** Computes once more, on inputs of the same shapes, seen by nobody; for observers. */
  public final Tensor again(Tensor... in) {
    return forward(in);
  }

  /** Frees what the operation holds besides its inputs and output. */
  public void release() {}

  /** Computes the output without recording. Views override this to share memory. */
  protected Tensor forward(Tensor[] in) {
    Shape shape = infer(in);
    Tensor out = Tensor.allocate(in[0].backend(), shape, inferType(in));
    if (shape.size() > 0) {
      View[] views = new View[in.length];
      for (int i = 0; i < in.length; i++) {
        views[i] = in[i].view();
      }
      try {
        run(in[0].backend(), out.view(), views);
      } catch (RuntimeException | Error e) {
        out.close();
        throw e;
      }
    }
    return out;
  }

  /**
   * The same for all parts of a batch at once: the outputs, joined along a new first axis. Called
   * after {@link #infer} on one part.
   *
   * @return null where the operation has no such rule; it is then run part by part
   */
  protected Tensor batch(Batch b) {
    return null;
  }

  /** Runs an operation, and records it when an input is tracked. */
  public static Tensor apply(Op op, Tensor... in) {
    boolean tracked = false;
    for (int i = 0; i < in.length; i++) {
      if (in[i] == null) {
        throw new IllegalArgumentException(op.name() + ": input " + i + " is null");
      }
      in[i].requireOpen(op.name(), i);
      if (in[i].backend() != in[0].backend()) {
        throw new IllegalArgumentException(
            op.name()
                + ": inputs are on different devices, "
                + in[0].device()
                + " and "
                + in[i].device()
                + "; move one with to(device)");
      }
      tracked |= in[i].node() != null;
    }
    boolean parts = Batching.any(in);
    Tensor out = parts ? Batching.apply(op, in) : op.forward(in);
    if (!parts && Watch.on()) {
      Watch.applied(op, in, out);
    }
    if (tracked && Autograd.recording() && out.dtype().isFloat()) {
      Node.record(op, in, out);
    } else {
      op.release();
    }
    return out;
  }
}
