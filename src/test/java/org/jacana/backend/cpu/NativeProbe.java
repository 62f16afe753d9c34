package org.jacana.backend.cpu;

/** Prints whether the natives are here; run in a JVM of its own by {@link NativeTest}. */
final class NativeProbe {
  private NativeProbe() {}

  public static void main(String[] arguments) {
    System.out.println(Native.available() + " " + Native.reason());
  }
}
