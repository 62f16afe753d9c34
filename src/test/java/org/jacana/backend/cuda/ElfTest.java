package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads and changes the natives of JCuda as they are published. */
class ElfTest {
  @BeforeAll
  static void natives() {
    String os = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    assumeTrue(os.equals("Linux amd64"), "JCuda has no natives for " + os);
  }

  /** The values were computed with the C code of the System V ABI. */
  @Test
  void hashIsThatOfTheAbi() {
    assertEquals(0x0ef62132, Elf.hash("libcublas.so.12"));
    assertEquals(0x0ef62133, Elf.hash("libcublas.so.13"));
    assertEquals(0x0bcddfc2, Elf.hash("libnvrtc.so.12"));
    assertEquals(0x09691a75, Elf.hash("GLIBC_2.2.5"));
  }

  @Test
  void tellsWhatALibraryNeeds() throws IOException {
    Elf e = new Elf("JCublas2", Bindings.patched("JCublas2", null, null));
    assertEquals(
        List.of(
            "libpthread.so.0",
            "librt.so.1",
            "libdl.so.2",
            "libcublas.so.12",
            "libstdc++.so.6",
            "libc.so.6",
            "ld-linux-x86-64.so.2"),
        e.needed());
    assertEquals("libJCublas2-12.6.0-linux-x86_64.so", e.soname());
    assertTrue(e.versions().contains("libcublas.so.12:libcublas.so.12"), e.versions().toString());
    assertTrue(e.versions().contains("libstdc++.so.6:GLIBCXX_3.4"));
    assertEquals(16, e.versions().size());
    assertTrue(e.exports("Java_jcuda_jcublas_JCublas2_cublasGetPropertyNative"));
    assertTrue(e.exports("JNI_OnLoad"));
    assertFalse(e.exports("cublasGetProperty"), "is used, not defined");
    assertFalse(e.looksBeside(), "its run path is a fixed folder");
  }

  /** One digit of the name, which the linker keeps once, and one of its hash. */
  @Test
  void changesTwoBytes() throws IOException {
    for (String[] c :
        new String[][] {
          {"JCublas2", "libcublas.so.12", "libcublas.so.13"},
          {"JNvrtc", "libnvrtc.so.12", "libnvrtc.so.13"}
        }) {
      byte[] was = Bindings.patched(c[0], null, null);
      byte[] is = Bindings.patched(c[0], c[1], c[2]);
      assertEquals(was.length, is.length);
      int differ = 0;
      for (int i = 0; i < was.length; i++) {
        differ += was[i] == is[i] ? 0 : 1;
      }
      assertEquals(2, differ, c[0]);
      Elf before = new Elf(c[0], was);
      Elf after = new Elf(c[0], is);
      assertEquals(
          before.needed().stream().map(n -> n.equals(c[1]) ? c[2] : n).toList(), after.needed());
      assertEquals(
          before.versions().stream().map(v -> v.replace(c[1], c[2])).toList(), after.versions());
    }
  }

  @Test
  void refusesOtherFiles() throws IOException {
    byte[] bytes = Bindings.patched("JNvrtc", null, null);
    Elf e = new Elf("JNvrtc", bytes);
    assertEquals(
        "JNvrtc: does not need libcublas.so.12",
        assertThrows(
                IllegalArgumentException.class,
                () -> e.rename("libcublas.so.12", "libcublas.so.13"))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> e.rename("libnvrtc.so.12", "libnvrtc.so"));
    for (byte[] bad :
        List.of(
            new byte[0],
            "#!/bin/sh, longer than the header of a library is, so that all of it is there...."
                .getBytes(),
            Arrays.copyOf(bytes, 70),
            Arrays.copyOf(bytes, 5000))) {
      assertThrows(IllegalArgumentException.class, () -> new Elf("bad", bad).needed());
    }
  }
}
