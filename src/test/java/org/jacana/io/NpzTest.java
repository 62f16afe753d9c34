package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.data.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzTest {
  @TempDir Path folder;

  private Npz read(byte[] bytes) throws IOException {
    return Npz.read(Files.write(folder.resolve("a.npz"), bytes));
  }

  private String refused(byte[] bytes) {
    return assertThrows(FormatException.class, () -> read(bytes)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(strings = {"npz", "npz-compressed"})
  void readsWhatNumpyWrote(String name) throws IOException {
    Npz z = read(NumpyFiles.ALL.get(name));
    assertEquals(List.of("layer/w", "b", "arr_0"), List.copyOf(z.arrays().keySet()));
    try (Scope s = Scope.open(Devices.all().get(0))) {
      assertArrayEquals(new int[] {0, 1, 2}, z.arrays().get("arr_0").tensor().ints());
      assertArrayEquals(
          new float[] {0, 1, 2, 3, 4, 5}, z.arrays().get("layer/w").tensor().floats());
      assertEquals(1, z.arrays().get("b").tensor().item());
      assertEquals(Shape.scalar(), z.arrays().get("b").shape());
    }
  }

  @Test
  void readsWhatItWrites() throws IOException {
    Npz z = read(NumpyFiles.ALL.get("npz"));
    Path plain = folder.resolve("plain.npz");
    Path small = folder.resolve("small.npz");
    z.write(plain);
    z.writeCompressed(small);
    byte[] once = Files.readAllBytes(plain);
    z.write(plain);
    assertArrayEquals(once, Files.readAllBytes(plain));
    assertTrue(Files.size(small) < Files.size(plain));
    for (Path p : List.of(plain, small)) {
      Npz back = Npz.read(p);
      assertEquals(z.arrays().keySet(), back.arrays().keySet());
      z.arrays().forEach((name, t) -> assertEquals(t, back.arrays().get(name)));
    }
  }

  @Test
  void tensorsThereAndBack() throws IOException {
    Path file = folder.resolve("t.npz");
    for (Device d : Devices.all()) {
      try (Scope s = Scope.open(d)) {
        Map<String, Tensor> two = new LinkedHashMap<>();
        two.put("x", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).transpose(0, 1));
        two.put("mask", Tensor.of(new boolean[] {true, false}));
        Npz.of(two).write(file);
        Map<String, Tensor> back = Npz.read(file).tensors();
        assertEquals(List.of("x", "mask"), List.copyOf(back.keySet()));
        assertArrayEquals(new float[] {1, 3, 2, 4}, back.get("x").floats());
        assertEquals(DType.BOOL, back.get("mask").dtype());
        assertEquals(d, back.get("mask").device());
      }
    }
  }

  @Test
  void anEmptyArchive() throws IOException {
    Path file = folder.resolve("none.npz");
    new Npz(Map.of()).write(file);
    assertEquals(Map.of(), Npz.read(file).arrays());
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> e : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(e.getKey()));
        zip.write(e.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/x.npy",
        "../x.npy",
        "a/../x.npy",
        "a\\x.npy",
        "C:x.npy",
        ".npy",
        "a//x.npy",
        "./x.npy",
        "a/.npy",
        "x.txt",
        "x.npy/",
        "a\u0007.npy"
      })
  void refusesNames(String name) throws IOException {
    byte[] bytes = zip(Map.of(name, name.endsWith("/") ? new byte[0] : scalar()));
    String message = refused(bytes);
    assertTrue(message.contains("names of entries") || message.contains("called *.npy"), message);
    if (name.endsWith(".npy")) {
      Npz z =
          new Npz(
              Map.of(
                  name.substring(0, name.length() - 4),
                  new StoredTensor(DType.U8, Shape.of(0), ByteBuffer.allocate(0))));
      assertThrows(IllegalArgumentException.class, () -> z.write(folder.resolve("b.npz")));
    }
  }

  private static byte[] scalar() {
    return NumpyFiles.ALL.get("f4-scalar");
  }

  @Test
  void refusesNamesThatOccurTwice() throws IOException {
    Map<String, byte[]> two = new LinkedHashMap<>();
    two.put("a.npy", scalar());
    two.put("b.npy", scalar());
    byte[] bytes = zip(two);
    for (int i = 0; i < bytes.length - 5; i++) {
      if (bytes[i] == 'b' && bytes[i + 1] == '.' && bytes[i + 2] == 'n') {
        bytes[i] = 'a';
      }
    }
    assertTrue(refused(bytes).contains("'a.npy' twice"));
  }

  @Test
  void refusesDamage() throws IOException {
    byte[] good = NumpyFiles.ALL.get("npz");
    assertTrue(refused(new byte[0]).contains("a zip archive"));
    assertTrue(refused(scalar()).contains("a zip archive"));
    for (int i = 1; i < good.length; i += 17) {
      refused(Arrays.copyOf(good, i));
    }
    // An element of arr_0, whose bytes end before the first central entry.
    byte[] wrong = good.clone();
    int at = indexOf(wrong, new byte[] {'P', 'K', 1, 2}) - 8;
    wrong[at]++;
    assertTrue(refused(wrong).contains("the checksum"));
    assertTrue(refused(NumpyFiles.ALL.get("bad-npz-object")).contains("Python objects"));
    assertTrue(refused(zip(Map.of("a.npy", new byte[] {1, 2}))).contains("a.npy"));
  }

  private static int indexOf(byte[] in, byte[] what) {
    for (int i = 0; i <= in.length - what.length; i++) {
      if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }

  @Test
  void refusesBombs() throws IOException {
    int n = 30 << 20;
    StoredTensor zeros = new StoredTensor(DType.U8, Shape.of(n), ByteBuffer.allocate(n));
    Map<String, StoredTensor> many = new LinkedHashMap<>();
    for (int i = 0; i < 9; i++) {
      many.put("a" + i, zeros);
    }
    Path file = folder.resolve("bomb.npz");
    new Npz(many).writeCompressed(file);
    String message = assertThrows(FormatException.class, () -> Npz.read(file)).getMessage();
    assertTrue(message.contains("at most 268435456 bytes unpacked"), message);
    Path one = folder.resolve("one.npz");
    new Npz(Map.of("a", zeros)).writeCompressed(one);
    assertThrows(FormatException.class, () -> Npz.read(one, n));
    assertEquals(n, Npz.read(one, n + 200).arrays().get("a").shape().size());
  }

  /** The archive says of an entry that it is larger than its bytes could hold. */
  @Test
  void refusesClaims() throws IOException {
    byte[] bytes = zip(Map.of("a.npy", scalar()));
    int central = indexOf(bytes, new byte[] {'P', 'K', 1, 2});
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(central + 24, 200 << 20);
    assertTrue(refused(bytes).contains("compressed ones"));
  }
}
