package org.jacana.backend.cpu;

/** Prints whether the natives are here; run in a JVM of its own by {@link NativeTest}. */
final class NativeProbe {
  private NativeProbe() {}

  /** An option that spares a child process the warnings of newer JDKs about native libraries. */
  static String quiet() {
    return Runtime.version().feature() < 24 ? "-Xshare:auto" : "--enable-native-access=ALL-UNNAMED";
  }

  public static void main(String[] arguments) {
    System.out.println(Native.available() + " " + Native.reason());
  }
}
