package org.jacana.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jacana.backend.View;

/** The parameters that PTX text declares for a kernel, and whether arguments fit them. */
record KernelSignature(String kernel, List<Parameter> parameters) {
  /**
   * One parameter.
   *
   * @param type its PTX type, such as .u64; .b8 for a struct
   * @param bytes its size
   * @param struct whether it is an array of bytes
   * @param pointer whether the text says that it is an address
   */
  record Parameter(
      String name, String type, int bytes, int alignment, boolean struct, boolean pointer) {}

  /** What the block of arguments of a launch has room for. */
  private static final int MOST = 60;

  private static final int MOST_BYTES = 3000;

  private static final Pattern COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern ENTRY =
      Pattern.compile("\\.entry\\s+([\\w$]+)\\s*(?:\\(([^)]*)\\))?");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\.param\\s+(?:\\.align\\s+(\\d+)\\s+)?\\.([usbf])(8|16|32|64)\\s+"
              + "(\\.ptr(?:\\s+\\.(?:global|const|local|shared))?(?:\\s+\\.align\\s+\\d+)?\\s+)?"
              + "([\\w$]+)\\s*(?:\\[\\s*(\\d+)\\s*\\])?");

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if the text has no such kernel, or one of its parameters is of
   *     a kind that cannot be passed
   */
  static KernelSignature of(String ptx, String kernel) {
    Matcher m = ENTRY.matcher(COMMENT.matcher(ptx).replaceAll(" "));
    List<String> others = new ArrayList<>();
    while (m.find()) {
      if (m.group(1).equals(kernel)) {
        return new KernelSignature(kernel, parameters(kernel, m.group(2)));
      }
      others.add(m.group(1));
    }
    throw new IllegalArgumentException(
        "kernel "
            + kernel
            + ": the PTX has no .entry of that name; it has "
            + (others.isEmpty() ? "none" : String.join(", ", others))
            + " (in CUDA C++, write extern \"C\" before __global__)");
  }

  private static List<Parameter> parameters(String kernel, String text) {
    List<Parameter> out = new ArrayList<>();
    if (text == null || text.isBlank()) {
      return out;
    }
    int bytes = 0;
    for (String one : text.split(",")) {
      Matcher m = PARAMETER.matcher(one.strip());
      if (!m.matches()) {
        throw new IllegalArgumentException(
            "kernel " + kernel + ": cannot read the parameter `" + one.strip() + "`");
      }
      int element = Integer.parseInt(m.group(3)) / 8;
      int size = m.group(6) == null ? element : element * Integer.parseInt(m.group(6));
      out.add(
          new Parameter(
              m.group(5),
              "." + m.group(2) + m.group(3),
              size,
              m.group(1) == null ? element : Integer.parseInt(m.group(1)),
              m.group(6) != null,
              m.group(4) != null));
      bytes += size + 8;
    }
    if (out.size() > MOST || bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "kernel "
              + kernel
              + ": has "
              + out.size()
              + " parameters; put them into a tensor where they are more than "
              + MOST);
    }
    return out;
  }

  /**
   * Checks arguments.
   *
   * @throws IllegalArgumentException naming the first that does not fit
   */
  void check(Object[] arguments) {
    if (arguments.length != parameters.size()) {
      throw new IllegalArgumentException(
          "kernel "
              + kernel
              + ": takes "
              + parameters.size()
              + " arguments "
              + parameters.stream().map(Parameter::type).toList()
              + ", got "
              + arguments.length);
    }
    for (int i = 0; i < arguments.length; i++) {
      Parameter p = parameters.get(i);
      if (!fits(p, arguments[i])) {
        throw new IllegalArgumentException(
            "kernel "
                + kernel
                + ": parameter "
                + i
                + " ("
                + p.name()
                + ") is "
                + (p.struct() ? "a struct of " + p.bytes() + " bytes" : p.type())
                + " and takes "
                + taken(p)
                + ", got "
                + given(arguments[i]));
      }
    }
  }

  private static boolean fits(Parameter p, Object o) {
    if (p.struct()) {
      return o instanceof byte[] b && b.length == p.bytes();
    }
    boolean any = p.type().charAt(1) == 'b';
    boolean real = p.type().charAt(1) == 'f';
    return switch (p.bytes()) {
      case 8 ->
          o instanceof View && !real
              || o instanceof Long && !real && !p.pointer()
              || o instanceof Double && (real || any);
      case 4 -> o instanceof Integer && !real || o instanceof Float && (real || any);
      case 2 -> o instanceof Short && !real;
      default -> o instanceof Byte || o instanceof Boolean;
    };
  }

  private static String taken(Parameter p) {
    if (p.struct()) {
      return "a byte[] of that length";
    }
    boolean any = p.type().charAt(1) == 'b';
    boolean real = p.type().charAt(1) == 'f';
    return switch (p.bytes()) {
      case 8 ->
          real
              ? "a double"
              : p.pointer() ? "a view" : any ? "a view, long or double" : "a view or long";
      case 4 -> real ? "a float" : any ? "an int or float" : "an int";
      case 2 -> "a short";
      default -> "a byte or boolean";
    };
  }

  private static String given(Object o) {
    return o == null
        ? "null"
        : o instanceof View
            ? "a view"
            : o instanceof byte[] b
                ? "a byte[] of " + b.length
                : o.getClass().getSimpleName().toLowerCase(Locale.ROOT).replace("integer", "int")
                    + " "
                    + o;
  }
}
