package org.jacana.backend.cuda;

/** What becomes of CUDA C++ text in a fresh process. */
final class SourceProbe {
  private SourceProbe() {}

  public static void main(String[] args) {
    try {
      CudaKernel kernel = CudaKernel.fromSource(args[0], "made");
      System.out.print(Nvrtc.compile(args[0], "made"));
      System.out.println(kernel);
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      System.out.println(e.getMessage());
    }
  }
}
