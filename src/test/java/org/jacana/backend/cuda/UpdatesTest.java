package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.Layout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UpdatesTest {
  private static final UnaryOperator<Layout> WHOLE = l -> l;

  /** Types of weight, gradient, moments and rate. */
  static Stream<Arguments> types() {
    return Stream.of(
        Arguments.of(DType.F32, DType.F32, DType.F32),
        Arguments.of(DType.F64, DType.F64, DType.F64),
        Arguments.of(DType.BF16, DType.BF16, DType.F32),
        Arguments.of(DType.F16, DType.F16, DType.F32),
        Arguments.of(DType.F32, DType.BF16, DType.F32));
  }

  /** Shapes with their views: dense with a short last vector, unaligned, transposed with gaps. */
  private record Form(Shape shape, UnaryOperator<Layout> view) {}

  private static final Form[] FORMS = {
    new Form(Shape.of(1), WHOLE),
    new Form(Shape.of(1031), WHOLE),
    new Form(Shape.of(9, 14), l -> l.slice(0, 1, 8, 1)),
    new Form(Shape.of(6, 9), l -> l.permute(1, 0).slice(0, 8, 5, -2)),
    new Form(Shape.of(300_001), WHOLE)
  };

  @ParameterizedTest
  @MethodSource("types")
  void sgdInPyTorchsForm(DType weight, DType gradient, DType state) {
    for (Form f : FORMS) {
      for (int options = 0; options < 8; options++) {
        double momentum = options < 2 ? 0 : 0.9;
        double dampening = options == 3 ? 0.3 : 0;
        boolean nesterov = options > 5;
        boolean first = options % 2 == 0;
        double decay = options % 3 == 0 ? 0 : 0.01;
        try (Twins t = new Twins(options)) {
          Twins.Twin w = t.view(weight, f.shape, f.view);
          Twins.Twin g = t.view(gradient, f.shape, f.view);
          Twins.Twin m = t.view(state, f.shape, f.view);
          Twins.Twin lr = t.dense(state, Shape.of(2), -7, 0.125);
          var rate = lr.cuda().with(lr.cuda().layout().select(0, 1));
          double[] want = t.got(w);
          double[] grad = t.got(g);
          double[] velocity = t.got(m);
          for (int i = 0; i < want.length; i++) {
            if (!inside(f, i)) {
              continue;
            }
            double d = grad[i] + decay * want[i];
            if (momentum != 0) {
              velocity[i] = first ? d : momentum * velocity[i] + (1 - dampening) * d;
              d = nesterov ? d + momentum * velocity[i] : velocity[i];
            }
            want[i] -= 0.125 * d;
          }
          assertTrue(
              t.cuda.sgd(
                  w.cuda(),
                  g.cuda(),
                  momentum == 0 ? null : m.cuda(),
                  rate,
                  momentum,
                  dampening,
                  decay,
                  nesterov,
                  first));
          close("w", weight, want, t.got(w));
          close("m", state, velocity, t.got(m));
        }
      }
    }
  }

  /** Whether element i of the memory is one of the view's. */
  private static boolean inside(Form f, int i) {
    Layout l = f.view.apply(Layout.contiguous(f.shape));
    for (long k = 0; k < l.size(); k++) {
      long rest = k;
      long at = l.offset();
      for (int a = l.rank() - 1; a >= 0; a--) {
        at += rest % l.dim(a) * l.stride(a);
        rest /= l.dim(a);
      }
      if (at == i) {
        return true;
      }
      if (l.isContiguous()) {
        return i >= l.offset() && i < l.offset() + l.size();
      }
    }
    return false;
  }

  static void close(String what, DType type, double[] want, double[] got) {
    double tolerance = Twins.tolerance(type, 1e-6);
    assertEquals(want.length, got.length);
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], got[i], tolerance * (1 + Math.abs(want[i])), what + " " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void adamInPyTorchsForm(DType weight, DType gradient, DType state) {
    double beta1 = 0.9;
    double beta2 = 0.99;
    for (Form f : FORMS) {
      for (int options = 0; options < 4; options++) {
        boolean decoupled = options % 2 == 1;
        double decay = options < 2 ? 0 : 0.1;
        int step = 1 + 5 * options;
        try (Twins t = new Twins(options)) {
          Twins.Twin w = t.view(weight, f.shape, f.view);
          Twins.Twin g = t.view(gradient, f.shape, f.view);
          Twins.Twin m = t.view(state, f.shape, f.view);
          double[] squares = t.values(DType.F64, f.shape);
          for (int i = 0; i < squares.length; i++) {
            squares[i] *= squares[i];
          }
          Twins.Twin v = t.view(state, f.shape, f.view, squares);
          Twins.Twin lr = t.dense(state, Shape.of(1), 0.25);
          double correction1 = 1 - Math.pow(beta1, step);
          double correction2 = 1 - Math.pow(beta2, step);
          Twins.Twin c = t.dense(DType.F64, Shape.of(2), correction1, correction2);
          double[] want = t.got(w);
          double[] grad = t.got(g);
          double[] first = t.got(m);
          double[] second = t.got(v);
          for (int i = 0; i < want.length; i++) {
            if (!inside(f, i)) {
              continue;
            }
            double d = grad[i] + (decoupled ? 0 : decay * want[i]);
            double start = decoupled ? want[i] - 0.25 * decay * want[i] : want[i];
            first[i] = beta1 * first[i] + (1 - beta1) * d;
            second[i] = beta2 * second[i] + (1 - beta2) * d * d;
            double divisor = Math.sqrt(second[i] / correction2) + 1e-3;
            want[i] = start - 0.25 * (first[i] / correction1) / divisor;
          }
          assertTrue(
              t.cuda.adam(
                  w.cuda(), g.cuda(), m.cuda(), v.cuda(), lr.cuda(), c.cuda(), beta1, beta2, 1e-3,
                  decay, decoupled));
          close("w", weight, want, t.got(w));
          close("m", state, first, t.got(m));
          close("v", state, second, t.got(v));
        }
      }
    }
  }
}
