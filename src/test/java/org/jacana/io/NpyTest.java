package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  @TempDir Path folder;

  private StoredTensor read(byte[] bytes) throws IOException {
    return Npy.read(Files.write(folder.resolve("a.npy"), bytes));
  }

  static List<String> sixes() {
    return NumpyFiles.ALL.keySet().stream()
        .filter(n -> n.matches("..-(2x3|6|1x2x3|3x2x1)-.*"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("sixes")
  void readsWhatNumpyWrote(String name) throws IOException {
    StoredTensor t = read(NumpyFiles.ALL.get(name));
    String[] parts = name.split("-");
    String[] dims = parts[1].split("x");
    int[] shape = Arrays.stream(dims).mapToInt(Integer::parseInt).toArray();
    assertEquals(Shape.of(shape), t.shape());
    DType wanted =
        switch (parts[0]) {
          case "f8" -> DType.F64;
          case "f4" -> DType.F32;
          case "f2" -> DType.F16;
          case "u1" -> DType.U8;
          case "b1" -> DType.BOOL;
          default -> DType.I32;
        };
    assertEquals(wanted, t.dtype());
    for (Device d : Devices.all()) {
      try (Scope s = Scope.open(d)) {
        Tensor x = t.tensor();
        assertEquals(d, x.device());
        boolean bits = wanted == DType.BOOL;
        assertArrayEquals(
            bits ? new double[] {0, 1, 0, 1, 0, 1} : new double[] {0, 1, 2, 3, 4, 5}, x.doubles());
      }
    }
  }

  @Test
  void scalarsAndEmptyArrays() throws IOException {
    StoredTensor scalar = read(NumpyFiles.ALL.get("f4-scalar"));
    assertEquals(Shape.scalar(), scalar.shape());
    assertEquals(1.5f, scalar.bytes().order(ByteOrder.LITTLE_ENDIAN).getFloat());
    StoredTensor none = read(NumpyFiles.ALL.get("f8-0x3"));
    assertEquals(Shape.of(0, 3), none.shape());
    try (Scope s = Scope.open(Devices.all().get(0))) {
      assertEquals(0, none.tensor().doubles().length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f8-2x3-C",
        "f4-2x3-C",
        "f2-2x3-C",
        "i4-2x3-C",
        "u1-2x3-C",
        "b1-2x3-C",
        "f4-6-C",
        "f4-scalar",
        "f8-0x3",
        "f4-1x1x1x1x1x1x1x1x1x1x1x1",
        "u1-1000"
      })
  void writesNumpysBytes(String name) throws IOException {
    byte[] wanted = NumpyFiles.ALL.get(name);
    Path copy = folder.resolve("new/copy.npy");
    Npy.write(copy, read(wanted));
    assertArrayEquals(wanted, Files.readAllBytes(copy));
    for (Device d : Devices.all()) {
      try (Scope s = Scope.open(d)) {
        Npy.write(copy, read(wanted).tensor());
      }
      assertArrayEquals(wanted, Files.readAllBytes(copy));
    }
  }

  @Test
  void viewsAreWrittenInTheirOrder() throws IOException {
    Path file = folder.resolve("t.npy");
    try (Scope s = Scope.open(Devices.all().get(0))) {
      Npy.write(file, Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(0, 1));
      Tensor back = Npy.read(file).tensor();
      assertEquals(Shape.of(3, 2), back.shape());
      assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, back.floats());
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> Npy.write(file, Tensor.zeros(DType.BF16, 2)));
      assertTrue(e.getMessage().contains("no BF16"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bad-object, Python objects",
    "bad-structured, a structured array",
    "bad-complex, '<c8'",
    "bad-text, '<U2'",
    "bad-time, a key or a type in quotes",
    "bad-i8, i8 element 2147483648",
    "bad-u8, u8 element 18446744073709551615",
    "bad-u4, u4 element 4294967295",
    "bad-f16, '<f16'"
  })
  void refusesWhatWeDoNotHold(String name, String said) {
    String message =
        assertThrows(FormatException.class, () -> read(NumpyFiles.ALL.get(name))).getMessage();
    assertTrue(message.contains(said.replace("\"", "")), message);
  }

  /** A file of version 1.0 with this text and these bytes of elements. */
  private static byte[] file(String text, int elements) {
    byte[] t = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer b = ByteBuffer.allocate(10 + t.length + elements).order(ByteOrder.LITTLE_ENDIAN);
    b.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) t.length);
    return b.put(t).array();
  }

  /** The grammar has room for other writers' spaces, quotes and order. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr':'<f4','fortran_order':False,'shape':(2,)}\n",
        "  { \"shape\" : ( 2 , ) , \"fortran_order\" : True , \"descr\" : \"<f4\" , }   \n",
        "{'descr': '>i2', 'fortran_order': False, 'shape': (2, 1, 2,), }\n",
        "{'descr': '<u1', 'fortran_order': False, 'shape': (8, 1)}\n"
      })
  void otherWriters(String text) throws IOException {
    assertEquals(
        8,
        read(file(text, 8)).shape().size()
            * (text.contains("f4") ? 4 : text.contains("i2") ? 2 : 1));
  }

  static List<String> wrongTexts() {
    String good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    return List.of(
        good,
        good + " \n\n",
        good + "\n\0",
        good + "x\n",
        good.replace("}", "\n"),
        good.replace("{", "") + "\n",
        good.replace("(2,)", "(2)") + "\n",
        good.replace("(2,)", "2") + "\n",
        good.replace("(2,)", "(2,,)") + "\n",
        good.replace("(2,)", "(1 2)") + "\n",
        good.replace("(2,)", "(-2,)") + "\n",
        good.replace("(2,)", "(+2,)") + "\n",
        good.replace("(2,)", "(2L,)") + "\n",
        good.replace("(2,)", "(02,)") + "\n",
        good.replace("(2,)", "(0x2,)") + "\n",
        good.replace("(2,)", "(2.0,)") + "\n",
        good.replace("(2,)", "[2]") + "\n",
        good.replace("(2,)", "(2147483648,)") + "\n",
        good.replace("(2,)", "(99999999999999999999,)") + "\n",
        good.replace("(2,)", "(3,)") + "\n",
        good.replace("(2,)", "(1,)") + "\n",
        good.replace("(2,)", "(2147483647, 2147483647, 2147483647)") + "\n",
        good.replace("(2,)", "(2147483647, 2147483647, 2147483647, 0)") + "\n",
        good.replace("(2,)", "(" + "1,".repeat(64) + "2)") + "\n",
        good.replace("False", "false") + "\n",
        good.replace("False", "0") + "\n",
        good.replace("'<f4'", "'=f4'") + "\n",
        good.replace("'<f4'", "'f4'") + "\n",
        good.replace("'<f4'", "'|f4'") + "\n",
        good.replace("'<f4'", "'<f\\x34'") + "\n",
        good.replace("'<f4'", "u'<f4'") + "\n",
        good.replace("'<f4'", "'<f4") + "\n",
        good.replace("'<f4'", "__import__('os')") + "\n",
        good.replace("'descr'", "'descry'") + "\n",
        good.replace("'fortran_order': False, ", "") + "\n",
        good.replace("}", "'shape': (2,)}") + "\n",
        good.replace("}", "'more': 1}") + "\n",
        good.replace(" ", "\t") + "\n",
        good.replace(" ", "\u00a0") + "\n",
        "\n",
        "");
  }

  @ParameterizedTest
  @MethodSource("wrongTexts")
  void refusesOtherTexts(String text) {
    assertThrows(FormatException.class, () -> read(file(text, 8)));
  }

  @Test
  void refusesOtherStarts() throws IOException {
    byte[] good = NumpyFiles.ALL.get("f4-2x3-C");
    for (int length = 0; length < good.length; length++) {
      byte[] part = Arrays.copyOf(good, length);
      assertThrows(FormatException.class, () -> read(part), "cut to " + length);
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertThrows(FormatException.class, () -> read(longer));
    for (int[] change : new int[][] {{0, 'P'}, {6, 0}, {6, 4}, {7, 1}}) {
      byte[] wrong = good.clone();
      wrong[change[0]] = (byte) change[1];
      assertThrows(FormatException.class, () -> read(wrong));
    }
    byte[] bits = NumpyFiles.ALL.get("b1-2x3-C").clone();
    bits[bits.length - 1] = 2;
    assertThrows(FormatException.class, () -> read(bits));
  }

  /** The limit is looked at before the declared length is read. */
  @Test
  void longHeaders() {
    byte[] claims = NumpyFiles.ALL.get("f4-2x3-C-v2").clone();
    claims[11] = (byte) 0xFF;
    String message = assertThrows(FormatException.class, () -> read(claims)).getMessage();
    assertTrue(message.contains("a header of at most 10000 bytes"), message);
    String spaces =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }" + " ".repeat(10_000);
    assertThrows(FormatException.class, () -> read(file(spaces + "\n", 8)));
    int[] many = new int[6000];
    Arrays.fill(many, 1);
    StoredTensor t = new StoredTensor(DType.U8, Shape.of(many), ByteBuffer.allocate(1));
    assertThrows(IllegalArgumentException.class, () -> Npy.write(folder.resolve("m"), t));
  }
}
