package org.jacana.io.onnx;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jacana.nn.Module;
import org.jacana.nn.SpectralNorm;

/** The rule of each kind of layer. */
final class ExportRules {
  private static final Map<Class<?>, ExportRule<?>> RULES = new LinkedHashMap<>();

  /** Layers that a graph for inference has no use for, each with the reason. */
  static final Map<Class<? extends Module>, String> NOT_EXPORTED =
      Map.of(
          SpectralNorm.class,
          "it maps a weight to a weight during training; export the layer whose weight it limits");

  static {
    ContainerRules.register();
    ConvRules.register();
    PoolRules.register();
    NormRules.register();
    RecurrentRules.register();
    AttentionRules.register();
  }

  private ExportRules() {}

  static <M extends Module> void add(Class<M> layer, ExportRule<M> rule) {
    RULES.put(layer, rule);
  }

  static boolean has(Class<?> layer) {
    return RULES.containsKey(layer);
  }

  @SuppressWarnings("unchecked") // add() pairs each class with a rule of its own type
  static ExportRule<Module> of(Module layer, String path) {
    ExportRule<?> rule = RULES.get(layer.getClass());
    if (rule == null) {
      String where = path.isEmpty() ? "" : " at '" + path + "'";
      String why = NOT_EXPORTED.get(layer.getClass());
      throw new IllegalArgumentException(
          "onnx: cannot export "
              + layer.getClass().getSimpleName()
              + where
              + "; "
              + (why != null
                  ? why
                  : "layers that can be exported are "
                      + RULES.keySet().stream()
                          .map(Class::getSimpleName)
                          .collect(Collectors.toCollection(TreeSet::new))));
    }
    return (ExportRule<Module>) rule;
  }
}
