package org.jacana.io.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.nn.Conv1d;
import org.jacana.nn.Conv2d;
import org.jacana.nn.ConvTranspose2d;
import org.jacana.nn.LoraConv2d;
import org.jacana.nn.Module;
import org.jacana.nn.Upsample;

/** Convolutions, with filters moved from [O, ..., I] to [O, I, ...], and enlargement. */
final class ConvRules {
  private ConvRules() {}

  static void register() {
    ExportRules.add(
        Conv2d.class, (e, m, x) -> conv(e, m, x, m.weight(), m.bias(), attributes(m.spec())));
    ExportRules.add(
        LoraConv2d.class,
        (e, m, x) -> {
          try (Scope scope = Scope.open(m.weight().device())) {
            return conv(e, m, x, m.effectiveWeight(), m.bias(), attributes(m.spec()));
          }
        });
    ExportRules.add(Conv1d.class, ConvRules::conv1d);
    ExportRules.add(ConvTranspose2d.class, ConvRules::transposed);
    ExportRules.add(Upsample.class, ConvRules::upsample);
  }

  private static List<Attribute> attributes(ConvSpec s) {
    return new ArrayList<>(
        List.of(
            Attribute.of("strides", s.strideH(), s.strideW()),
            Attribute.of("pads", s.padTop(), s.padLeft(), s.padBottom(), s.padRight()),
            Attribute.of("dilations", s.dilationH(), s.dilationW()),
            Attribute.of("group", s.groups())));
  }

  private static Flow conv(
      Exporting e, Module m, Flow x, Tensor w, Tensor b, List<Attribute> geometry) {
    return conv("Conv", e, m, x, w, b, geometry);
  }

  private static Flow conv(
      String type, Exporting e, Module m, Flow x, Tensor w, Tensor b, List<Attribute> geometry) {
    Flow in = e.first(x);
    boolean line = w.rank() == 3;
    int[] order = line ? new int[] {0, 2, 1} : new int[] {0, 3, 1, 2};
    List<String> inputs = new ArrayList<>();
    inputs.add(in.name());
    inputs.add(e.graph().parameter(e.name("weight"), w, order));
    if (b != null) {
      inputs.add(e.graph().parameter(e.name("bias"), b));
    }
    int[] d = w.shape().dims();
    geometry.add(
        line
            ? Attribute.of("kernel_shape", new long[] {d[1]})
            : Attribute.of("kernel_shape", d[1], d[2]));
    String y = e.node(type, inputs, geometry.toArray(Attribute[]::new));
    return new Flow(y, e.outputShape(m, x), x.type(), true);
  }

  private static Flow conv1d(Exporting e, Conv1d m, Flow x) {
    List<Attribute> geometry =
        new ArrayList<>(
            List.of(
                Attribute.of("strides", new long[] {m.stride()}),
                Attribute.of("pads", m.padding(), m.padding()),
                Attribute.of("dilations", new long[] {m.dilation()}),
                Attribute.of("group", m.groups())));
    return conv(e, m, x, m.weight(), m.bias(), geometry);
  }

  private static Flow transposed(Exporting e, ConvTranspose2d m, Flow x) {
    List<Attribute> geometry = attributes(m.spec());
    geometry.add(Attribute.of("output_padding", m.outputPadding(), m.outputPadding()));
    return conv("ConvTranspose", e, m, x, m.weight(), m.bias(), geometry);
  }

  private static Flow upsample(Exporting e, Upsample m, Flow x) {
    Flow in = e.first(x);
    Upsample.Mode mode = m.mode();
    List<Attribute> how = new ArrayList<>();
    switch (mode) {
      case NEAREST -> {
        how.add(Attribute.of("mode", "nearest"));
        how.add(Attribute.of("nearest_mode", "floor"));
      }
      case BILINEAR, BILINEAR_CORNERS -> how.add(Attribute.of("mode", "linear"));
      case BICUBIC, BICUBIC_CORNERS -> {
        how.add(Attribute.of("mode", "cubic"));
        how.add(Attribute.of("cubic_coeff_a", -0.75));
      }
    }
    String pixels =
        switch (mode) {
          case NEAREST -> "asymmetric";
          case BILINEAR, BICUBIC -> "half_pixel";
          case BILINEAR_CORNERS, BICUBIC_CORNERS -> "align_corners";
        };
    how.add(Attribute.of("coordinate_transformation_mode", pixels));
    float f = m.factor();
    String scales = e.graph().constant(e.path(), new float[] {1, 1, f, f}, org.jacana.Shape.of(4));
    String y = e.node("Resize", List.of(in.name(), "", scales), how.toArray(Attribute[]::new));
    return new Flow(y, e.outputShape(m, x), x.type(), true);
  }
}
