package org.jacana.gpucheck;

import java.util.ArrayList;
import java.util.List;
import org.jacana.op.OpCasesTest;
import org.jacana.train.ExecutionTest;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests that use the GPU: the table of operations, the kernels' own, recorded training.
 */
final class TestSuite {
  private TestSuite() {}

  /** The kernels' own tests that need no stand-in. */
  private static final List<String> KERNELS =
      List.of(
          "PtxTest",
          "CopiesTest",
          "PointwiseTest",
          "RandomTest",
          "ReductionsTest",
          "RankingTest",
          "RowsTest",
          "NormsTest",
          "LayerNormsTest",
          "IndexingTest",
          "PoolingTest",
          "UpdatesTest",
          "FlatUpdatesTest",
          "ImageGatherTest",
          "ProductsTest",
          "LinearTest",
          "ConvolutionsTest");

  /** Those of {@link #KERNELS} that the memory checker has the time for. */
  static final List<String> SMALL =
      List.of("RowsTest", "NormsTest", "RankingTest", "PoolingTest", "UpdatesTest", "LinearTest");

  static Class<?> kernelTest(String name) throws ClassNotFoundException {
    return Class.forName("org.jacana.backend.cuda." + name);
  }

  /** The table of operations, recorded training, and the kernels' own tests. */
  static List<Class<?>> classes() throws ClassNotFoundException {
    List<Class<?>> out = new ArrayList<>();
    for (String name : KERNELS) {
      out.add(kernelTest(name));
    }
    out.add(OpCasesTest.class);
    out.add(ExecutionTest.class);
    return out;
  }

  private static final class Count implements TestExecutionListener {
    private int passed;
    private int skipped;
    private final List<String> failures = new ArrayList<>();

    @Override
    public void executionSkipped(TestIdentifier id, String reason) {
      skipped++;
    }

    @Override
    public void executionFinished(TestIdentifier id, TestExecutionResult result) {
      if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
        skipped++;
      } else if (result.getStatus() == TestExecutionResult.Status.FAILED) {
        Throwable e = result.getThrowable().orElse(null);
        failures.add(id.getUniqueId() + " " + id.getDisplayName() + ": " + e);
      } else if (id.isTest()) {
        passed++;
      }
    }
  }

  static Finding run(Class<?> type) {
    DiscoverySelector selector = DiscoverySelectors.selectClass(type);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selector)
            .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
            .build();
    Count count = new Count();
    LauncherFactory.create().execute(request, count);
    String summary =
        count.passed
            + " passed, "
            + count.failures.size()
            + " failed, "
            + count.skipped
            + " skipped";
    boolean ok = count.failures.isEmpty() && count.passed > 0;
    return new Finding("tests of " + type.getSimpleName(), ok, summary, count.failures);
  }
}
