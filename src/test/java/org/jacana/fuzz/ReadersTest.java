package org.jacana.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.data.CifarBinary;
import org.jacana.data.IdxFile;
import org.jacana.io.EventFile;
import org.jacana.io.Npy;
import org.jacana.io.Npz;
import org.jacana.io.Safetensors;
import org.jacana.io.StoredTensor;
import org.jacana.io.TensorBoardFiles;
import org.jacana.train.SavedModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every reader of a format with damaged files: it reads them or throws FormatException. */
class ReadersTest {
  /** Damaged files of a format; more, and others, with {@code -Djacana.fuzz=10000000}. */
  private static final int FILES = Integer.getInteger("jacana.fuzz", 100_000);

  private static final int SEED = Integer.getInteger("jacana.fuzz.seed", 1);

  @TempDir Path folder;

  /** Some of each outcome, so that neither the damage nor the reader is trivial. */
  private void fuzz(Fuzzer fuzzer, int files, Fuzzer.Reader reader) throws IOException {
    Fuzzer.Result r = fuzzer.run(SEED, files, folder, reader);
    assertTrue(r.read() > files / 1000 && r.refused() > files / 10, r.toString());
  }

  private static StoredTensor stored(DType type, int... shape) {
    Shape s = Shape.of(shape);
    return new StoredTensor(type, s, ByteBuffer.allocate((int) s.size() * type.bytes()));
  }

  private static Map<String, StoredTensor> tensors() {
    Map<String, StoredTensor> all = new LinkedHashMap<>();
    all.put("a.weight", stored(DType.F32, 2, 3));
    all.put("b", stored(DType.BOOL, 3));
    all.put("c", stored(DType.F64));
    all.put("e", stored(DType.I32, 0, 4));
    return all;
  }

  private byte[] written(Writer writer) throws IOException {
    Path file = folder.resolve("written");
    writer.write(file);
    return Files.readAllBytes(file);
  }

  private interface Writer {
    void write(Path file) throws IOException;
  }

  @Test
  void safetensors() throws IOException {
    byte[] full = written(new Safetensors(tensors(), Map.of("k", "v"))::write);
    byte[] none = written(new Safetensors(Map.of(), Map.of())::write);
    fuzz(
        Fuzzer.of(full, none)
            .words(
                "__metadata__",
                "\"dtype\"",
                "\"shape\":",
                "\"data_offsets\":",
                "F32",
                "F64",
                "BF16",
                "BOOL",
                "U8",
                "[0,4]",
                "[]",
                "{}",
                "{",
                "}",
                "[[[[",
                ",",
                "null",
                "1e9",
                "-1",
                "\\ud800",
                "\\u0000"),
        FILES,
        Safetensors::read);
  }

  private List<byte[]> arrays() throws IOException {
    return List.of(
        written(f -> Npy.write(f, stored(DType.F32, 2, 3))),
        written(f -> Npy.write(f, stored(DType.BOOL, 5))),
        written(f -> Npy.write(f, stored(DType.U8, 0, 3))),
        new String(written(f -> Npy.write(f, stored(DType.F64, 2, 1, 3))), LATIN)
            .replace("<f8", ">i8")
            .replace("False", "True ")
            .getBytes(LATIN));
  }

  private static final Charset LATIN = StandardCharsets.ISO_8859_1;

  private static final String[] NPY = {
    "descr",
    "fortran_order",
    "shape",
    "True",
    "False",
    "<f4",
    ">f8",
    "|b1",
    "|u1",
    "<i8",
    ">u4",
    "|O",
    "(",
    ")",
    "(2,)",
    "()",
    ",",
    "{",
    "}",
    "'",
    "\"",
    "\n",
    " ",
    "\\x93NUMPY",
    "0",
    "[('a',"
  };

  @Test
  void npy() throws IOException {
    fuzz(Fuzzer.of(arrays()).words(NPY), FILES, Npy::read);
  }

  private static byte[] zipped(byte[] npy) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(npy.length % 2);
      zip.putNextEntry(new ZipEntry("a.npy"));
      zip.write(npy);
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Test
  void npz() throws IOException {
    Npz z = new Npz(tensors());
    byte[] plain = written(z::write);
    byte[] packed = written(z::writeCompressed);
    byte[] none = written(new Npz(Map.of())::write);
    String[] words = {"PK\3\4", "PK\1\2", "PK\5\6", "PK\6\6", "PK\6\7", ".npy", "../", "/", "\1\0"};
    fuzz(Fuzzer.of(plain, packed, none).words(words), FILES / 2, Npz::read);
    fuzz(Fuzzer.of(arrays()).words(NPY).wrapped(ReadersTest::zipped), FILES / 2, Npz::read);
  }

  private static byte[] idx(int rank) {
    ByteBuffer b = ByteBuffer.allocate(4 + 4 * rank + (1 << rank));
    b.putInt(0x0800 | rank);
    for (int i = 0; i < rank; i++) {
      b.putInt(2);
    }
    return b.array();
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      packed.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Test
  void idx() throws IOException {
    Fuzzer.Reader images = file -> IdxFile.read(file, 3);
    fuzz(Fuzzer.of(idx(3)).words("\0\0\10\3", "\37\213\10"), FILES / 2, images);
    fuzz(Fuzzer.of(gzip(idx(3))), FILES / 4, images);
    UnaryOperator<byte[]> right = ReadersTest::gzip;
    fuzz(Fuzzer.of(idx(1)).wrapped(right), FILES / 4, file -> IdxFile.read(file, 1));
  }

  @Test
  void cifar() throws IOException {
    byte[] two = new byte[2 * 3073];
    two[3073] = 9;
    fuzz(Fuzzer.of(two, new byte[3073]), FILES, CifarBinary::read);
  }

  /** The weights are as they were; what the metadata holds is damaged. */
  @Test
  void savedModel() throws IOException {
    byte[] text = "[\"a\",\"b\"]\n[8,8,3]\n[0.5,0.5,0.5]\n[1,1,1]\nmlp\ndigits".getBytes(LATIN);
    String[] words = {
      "null", "[", "]", "[[", "{", "}", "\"", ",", "NaN", "1e999", "-1", "4097", "[8,8]", "true"
    };
    UnaryOperator<byte[]> model =
        bytes -> {
          String[] lines = new String(bytes, LATIN).split("\n", -1);
          String[] keys = {"classes", "input", "mean", "std", "model", "dataset"};
          JsonObject metadata = new JsonObject();
          for (int i = 0; i < Math.min(keys.length, lines.length); i++) {
            metadata.addProperty(keys[i], lines[i]);
          }
          JsonObject header = new JsonObject();
          header.add("__metadata__", metadata);
          byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
          ByteBuffer file = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
          return file.putLong(json.length).put(json).array();
        };
    fuzz(Fuzzer.of(text).words(words).wrapped(model), FILES, SavedModel::read);
  }

  /** Records without their frames: a length of four bytes, then the event. */
  private static byte[] unframed(byte[] file) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer out = ByteBuffer.allocate(file.length);
    while (b.hasRemaining()) {
      byte[] event = new byte[(int) b.getLong()];
      b.getInt();
      b.get(event).getInt();
      out.putInt(event.length).put(event);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  /** The frames, with right checksums, around what {@link #unframed} gave, damaged. */
  private static byte[] framed(byte[] events) {
    ByteBuffer b = ByteBuffer.wrap(events);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (b.remaining() >= 4) {
      int wanted = b.getInt();
      byte[] event = new byte[wanted < 0 ? b.remaining() : Math.min(wanted, b.remaining())];
      b.get(event);
      ByteBuffer head = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
      head.putLong(event.length).putInt(masked(head.array(), 8));
      out.writeBytes(head.array());
      out.writeBytes(event);
      ByteBuffer tail = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      out.writeBytes(tail.putInt(masked(event, event.length)).array());
    }
    return out.toByteArray();
  }

  private static int masked(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  @Test
  void tensorBoard() throws IOException {
    byte[] events = TensorBoardFiles.events();
    fuzz(Fuzzer.of(events), FILES / 4, EventFile::readTorn);
    String[] words = {
      "\13\13\13\13\13\13\13\13",
      "\14",
      "\52",
      "\12",
      "\102",
      "\112",
      "\377\377\377\377\377\377\377\377\377\1",
      "\72",
      "\62",
      "brain.Event:2"
    };
    Fuzzer inside = Fuzzer.of(unframed(events)).words(words).wrapped(ReadersTest::framed);
    fuzz(inside, FILES - FILES / 4, EventFile::read);
  }
}
