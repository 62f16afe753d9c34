package org.jacana.backend.cuda;

import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static org.jacana.backend.cuda.SimDevice.ok;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every shipped kernel runs in the simulation: its source is built, with the PTX's parameters. */
final class CudaSimKernelsTest {
  private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)");

  @TestFactory
  Stream<DynamicTest> everyEntryHasItsSource() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("cuda/ptx"))) {
      List<Path> all = files.filter(p -> p.toString().endsWith(".ptx")).sorted().toList();
      return all.stream()
          .map(p -> DynamicTest.dynamicTest(p.getFileName().toString(), () -> check(p)));
    }
  }

  private static void check(Path ptx) throws IOException {
    SimDevice.enter();
    String text = Files.readString(ptx);
    CUmodule module = new CUmodule();
    ok(cuModuleLoadData(module, text));
    Matcher entry = ENTRY.matcher(text);
    int found = 0;
    while (entry.find()) {
      ok(cuModuleGetFunction(new CUfunction(), module, entry.group(1)));
      found++;
    }
    assertTrue(found > 0, "no entry in " + ptx);
    ok(cuModuleUnload(module));
  }
}
