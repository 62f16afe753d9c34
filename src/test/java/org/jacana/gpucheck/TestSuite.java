package org.jacana.gpucheck;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

  /** The tests in room backend.cuda, and those that walk over all devices. */
  static List<Class<?>> classes() throws IOException, URISyntaxException, ClassNotFoundException {
    List<Class<?>> out = new ArrayList<>(List.of(OpCasesTest.class, ExecutionTest.class));
    Path root =
        Path.of(TestSuite.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Path> files;
    try (Stream<Path> all = Files.list(root.resolve("org/jacana/backend/cuda"))) {
      files = all.filter(p -> p.toString().matches(".*/\\w+Test\\.class")).sorted().toList();
    }
    for (Path p : files) {
      String name = p.getFileName().toString().replace(".class", "");
      // Those that build and provoke the stand-in prove nothing about a GPU.
      if (!name.startsWith("Sim") && !name.startsWith("CudaSim")) {
        out.add(Class.forName("org.jacana.backend.cuda." + name));
      }
    }
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
