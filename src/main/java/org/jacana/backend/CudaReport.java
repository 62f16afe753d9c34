package org.jacana.backend;

import java.util.List;

/**
 * Whether training on a GPU works here, and everything that it depends on. Nothing is thrown for
 * what is missing: it has a {@code problem} and a {@code fix}, which are null where all is well.
 *
 * @param libraries NVIDIA's libraries beside the driver
 * @param searched where those were looked for, in order
 * @param gpus what the driver sees; empty without one
 */
public record CudaReport(
    Driver driver,
    List<Gpu> gpus,
    Kernels kernels,
    List<Library> libraries,
    List<String> searched) {

  /**
   * NVIDIA's driver.
   *
   * @param file its library, or null
   * @param release such as 535.129.03, or null where that cannot be told
   * @param cuda the newest CUDA version that it runs, or null
   * @param ptx the newest PTX version that it compiles, or null
   * @param problem why it cannot be used
   * @param fix what to do about it
   */
  public record Driver(
      String file, String release, String cuda, String ptx, String problem, String fix) {}

  /**
   * One GPU.
   *
   * @param capability compute capability, such as 9.0
   * @param memory bytes
   * @param processors multiprocessors
   * @param products the precisions in which products run on tensor cores
   * @param problem why it cannot be used
   */
  public record Gpu(
      int index,
      String name,
      String capability,
      long memory,
      int processors,
      List<String> products,
      String problem) {}

  /**
   * The kernels that come with Jacana.
   *
   * @param ptx the PTX version of most of them; some for newer GPUs have a higher one
   * @param capability the least compute capability
   */
  public record Kernels(String ptx, String capability) {}

  /**
   * A library.
   *
   * @param needed whether training needs it
   * @param wanted its file's name
   * @param file the file found, or null
   * @param version what the loaded library says, or null
   * @param problem why it cannot be used
   * @param fix what to do about it
   */
  public record Library(
      String name,
      String use,
      boolean needed,
      String wanted,
      String file,
      String version,
      String problem,
      String fix) {}

  /** Whether training on the first GPU works. */
  public boolean usable() {
    return driver.problem() == null
        && libraries.stream().allMatch(l -> !l.needed() || l.problem() == null);
  }
}
