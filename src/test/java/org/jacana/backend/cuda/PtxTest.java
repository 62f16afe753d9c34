package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The shipped PTX is made from the sources beside it, and NVIDIA's compiler takes every kernel. */
class PtxTest {
  private static final Path CUDA = Path.of("cuda");

  private static List<Path> files(Path folder, String end) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> p.toString().endsWith(end)).sorted().toList();
    }
  }

  private static String stem(Path p) {
    return p.getFileName().toString().replaceAll("\\.\\w+$", "");
  }

  @Test
  void everySourceHasItsPtx() throws IOException {
    assertEquals(
        files(CUDA, ".cu").stream().map(PtxTest::stem).toList(),
        files(CUDA.resolve("ptx"), ".ptx").stream().map(PtxTest::stem).toList(),
        "run cuda/build.sh");
  }

  @TestFactory
  Stream<DynamicTest> ptxIsMadeFromTheSources() throws IOException {
    Pattern include = Pattern.compile("(?m)^#include \"(.*\\.cuh)\"$");
    return files(CUDA, ".cu").stream()
        .map(
            source ->
                DynamicTest.dynamicTest(
                    stem(source),
                    () -> {
                      String text = Files.readString(source);
                      StringBuilder all = new StringBuilder(text);
                      all.append(Files.readString(CUDA.resolve("common.cuh")));
                      Matcher m = include.matcher(text);
                      while (m.find()) {
                        if (!m.group(1).equals("common.cuh")) {
                          all.append(Files.readString(CUDA.resolve(m.group(1))));
                        }
                      }
                      try (Stream<String> lines =
                          Files.lines(CUDA.resolve("ptx/" + stem(source) + ".ptx"))) {
                        assertEquals(
                            "// sources sha256 " + sha256(all.toString()),
                            lines.findFirst().orElse(""),
                            "the sources have changed: run cuda/build.sh");
                      }
                    }));
  }

  private static String sha256(String text) throws NoSuchAlgorithmException {
    MessageDigest d = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(d.digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  @TestFactory
  Stream<DynamicTest> nvidiasCompilerTakesEveryKernel() throws IOException {
    return files(CUDA.resolve("ptx"), ".ptx").stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    stem(file),
                    () -> {
                      Ptx ptx = Kernels.read(stem(file));
                      assertFalse(ptx.names().isEmpty());
                      String whole = Files.readString(file);
                      assertEquals("", compile(whole, "sm_90"), "the whole file");
                      for (String name : ptx.names()) {
                        assertEquals("", compile(ptx.module(name), "sm_75"), name);
                      }
                    }));
  }

  /** The compiler's complaint; empty when it has none. */
  static String compile(String ptx, String target) {
    byte[] text = (ptx + "\0").getBytes(StandardCharsets.UTF_8);
    nvPTXCompilerHandle h = new nvPTXCompilerHandle();
    assertEquals(0, JNvPTXCompiler.nvPTXCompilerCreate(h, text.length - 1, text));
    try {
      // -O0: whether it is valid does not depend on how well it is optimised.
      String[] options = {"--gpu-name=" + target, "--opt-level=0"};
      if (JNvPTXCompiler.nvPTXCompilerCompile(h, options.length, options) == 0) {
        return "";
      }
      long[] size = new long[1];
      JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(h, size);
      byte[] log = new byte[(int) size[0] + 1];
      JNvPTXCompiler.nvPTXCompilerGetErrorLog(h, log);
      return "refused: " + new String(log, StandardCharsets.UTF_8).trim();
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(h);
    }
  }

  @Test
  void aBrokenKernelIsRefused() {
    String good = Kernels.read("copy").module("move_4");
    assertTrue(compile(good.replace(".reg .b32", ".reg .b33"), "sm_75").startsWith("refused"));
  }

  @Test
  void aModuleHoldsOneKernelAndWhatItUses() {
    Ptx ptx =
        new Ptx(
            """
            // a comment
            .version 6.3
            .target sm_75
            .address_size 64
            .const .align 4 .b8 table_one[4] = {1, 2, 3, 4};
            .const .align 4 .b8 table_two[4] = {5, 6, 7, 8};
            .func (.param .b64 out) helper(.param .b64 in)
            {
              mov.u32 r, table_two;
            }
            .visible .entry first(
              .param .u64 a
            )
            {
              call helper;
            }
            .visible .entry second()
            {
              mov.u32 r, table_one;
            }
            """);
    assertEquals(List.of("first", "second"), List.copyOf(ptx.names()));
    String first = ptx.module("first");
    assertTrue(first.startsWith(".version 6.3"));
    assertTrue(first.contains("helper") && first.contains("table_two"));
    assertFalse(first.contains("table_one") || first.contains("second"));
    String second = ptx.module("second");
    assertTrue(second.contains("table_one"));
    assertFalse(second.contains("helper") || second.contains("table_two"));
    assertThrows(IllegalArgumentException.class, () -> ptx.module("third"));
  }
}
