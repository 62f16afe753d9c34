package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jacana.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
  private static final Csv CSV = Csv.of(Path.of("t.csv"));

  private static CsvTable read(Csv how, String text) throws IOException {
    return how.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static float[] inputs(CsvTable t) {
    int size = t.columns().size();
    float[] x = new float[t.data().count() * size];
    for (int i = 0; i < t.data().count(); i++) {
      t.data().read(i, x, i * size);
    }
    return x;
  }

  private static String error(Csv how, String text) {
    return assertThrows(FormatException.class, () -> read(how, text)).getMessage();
  }

  @Test
  void numbersAndAClass() throws IOException {
    CsvTable t = read(CSV.label("kind"), "a,kind,b\n1,x,-2.5e-1\r\n 3 ,w,.5\n4,x,7.\n");
    assertEquals(List.of("a", "b"), t.columns());
    assertEquals(List.of("w", "x"), t.data().target().classNames());
    assertArrayEquals(new int[] {1, 0, 1}, t.data().labels());
    assertArrayEquals(new float[] {1, -0.25f, 3, 0.5f, 4, 7}, inputs(t));
    assertEquals(Shape.of(2), t.data().inputShape());
  }

  @Test
  void valuesAndCategories() throws IOException {
    Csv how = CSV.values("y2", "y1").categories("c").ignore("id").separator(';');
    CsvTable t = read(how, "id;y1;c;x;y2\nq;1;red;5;2\n;3;blue;6;4");
    assertEquals(List.of("c=blue", "c=red", "x"), t.columns());
    assertArrayEquals(new float[] {0, 1, 5, 1, 0, 6}, inputs(t));
    float[] y = new float[4];
    t.data().values(0, y, 0);
    t.data().values(1, y, 2);
    assertArrayEquals(new float[] {2, 1, 4, 3}, y);
    assertEquals(Map.of("c", List.of("blue", "red")), t.categories());
  }

  @Test
  void quotedFields() throws IOException {
    CsvTable t =
        read(
            CSV.label("a \"b\", c"),
            "\ufeff\"a \"\"b\"\", c\",\"x\"\r\n\"two\r\nlines\",\"1\"\r\n\"\"\"\",2\r\nplain,3");
    assertEquals(List.of("\"", "plain", "two\r\nlines"), t.data().target().classNames());
    assertArrayEquals(new int[] {2, 0, 1}, t.data().labels());
    assertArrayEquals(new float[] {1, 2, 3}, inputs(t));
  }

  @Test
  void withoutHeader() throws IOException {
    CsvTable t = read(CSV.noHeader().label("2"), "1,2,a\n3,4,b\n\n");
    assertEquals(List.of("0", "1"), t.columns());
    assertArrayEquals(new float[] {1, 2, 3, 4}, inputs(t));
    assertEquals(0, read(CSV, "a\n1\n2\n").data().target().size());
  }

  @Test
  void missingValues() throws IOException {
    String text = "x,c,k\n1,p,u\n?,q,v\n5,,u\n3,NA,u\n";
    Csv how = CSV.label("k").categories("c");
    assertEquals(
        "t.csv: expected a value in line 3, column 1 ('x'), found none; correct the file, or say how"
            + " to read it otherwise",
        error(how.missing(Missing.ERROR, "?", "NA"), text));
    CsvTable dropped = read(how.missing(Missing.DROP, "?", "NA"), text);
    assertEquals(3, dropped.dropped());
    assertEquals(List.of("x", "c=p"), dropped.columns());
    assertEquals(List.of("u"), dropped.data().target().classNames());
    CsvTable filled = read(how.missing(Missing.MEAN, "?", "NA"), text);
    assertArrayEquals(new float[] {1, 1, 0, 3, 0, 1, 5, 0, 0, 3, 0, 0}, inputs(filled));
    assertEquals(Map.of("x", 3f), filled.means());
    assertTrue(error(how.missing(Missing.MEAN), "x,c,k\n1,p,\n").contains("column 3 ('k')"));
    assertTrue(error(CSV.missing(Missing.MEAN), "x,y\n,1\n").contains("missing values only"));
    assertTrue(error(CSV.missing(Missing.DROP), "x,y\n,1\n").contains("1 rows that all lack"));
  }

  @Test
  void anotherTableIsReadAlike() throws IOException {
    Csv how = CSV.label("k").categories("c").missing(Missing.MEAN);
    CsvTable train = read(how, "x,c,k\n1,p,u\n3,q,v\n");
    CsvTable test = read(Csv.of(Path.of("test.csv")).like(train), "x,c,k\n,q,v\n");
    assertArrayEquals(new float[] {2, 0, 1}, inputs(test));
    assertEquals(List.of("u", "v"), test.data().target().classNames());
    assertEquals(train.columns(), test.columns());
    assertEquals(
        "t.csv: expected one of [p, q] in line 2, column 2 ('c'), found 'r'; correct the file, or"
            + " say how to read it otherwise",
        error(CSV.like(train), "x,c,k\n1,r,u\n"));
    assertTrue(error(CSV.like(train), "x,c,k\n1,p,w\n").contains("one of [u, v]"));
  }

  @Test
  void damageIsNamedByLineAndColumn() {
    Csv k = CSV.label("k");
    assertTrue(error(CSV, "").contains("an empty file"));
    assertTrue(error(CSV, "a,b\n").contains("at least one row"));
    assertTrue(error(CSV, "a,b\n1,2\n3\n").contains("2 fields in line 3, found 1 fields"));
    assertTrue(error(CSV, "a,b\n1,2,3\n").contains("2 fields in line 2, found 3"));
    assertTrue(error(CSV, "a,a\n1,2\n").contains("'a' twice"));
    assertTrue(error(k, "a,b\n1,2\n").contains("the columns [k], found the columns [a, b]"));
    assertTrue(error(CSV, "a\n1\nx\n").contains("a number in line 3, column 1 ('a'), found 'x'"));
    for (String word : List.of("NaN", "Infinity", "1f", "1d", "0x1p3", "1e", "--1", "1 2", "1_0")) {
      assertTrue(error(CSV, "a,b\n" + word + ",2\n").contains("found '" + word + "'"), word);
    }
    assertTrue(error(CSV, "a,b\n1e39,2\n").contains("within the range of float"));
    assertTrue(error(k, "a,k\n1,x\"y\n").contains("in line 2, column 2, found one inside"));
    assertTrue(error(k, "a,k\n1,\"x\"y\n").contains("after the closing quote in line 2, column 2"));
    assertTrue(error(k, "a,k\n1,\"x\n\n").contains("opened in line 2"));
    assertTrue(error(k, "a,k\r1,x\n").contains("a line feed after a carriage return in line 1"));
    String later = "a,k\n1,\"x\ny\"\n3,\"\n\n\"\"\",z\n";
    assertTrue(error(k, later).contains("2 fields in line 4, found 3"), error(k, later));
    byte[] latin = "a,k\n1,\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    String m = assertThrows(FormatException.class, () -> k.read(latin)).getMessage();
    assertTrue(m.contains("UTF-8"), m);
    assertTrue(error(k, "k\nx\n").contains("a column of inputs"));
    String wide = "a\n" + "x".repeat((1 << 20) + 1);
    assertTrue(error(CSV.label("a"), wide).contains("at most 1048576 characters"));
    assertThrows(IllegalArgumentException.class, () -> CSV.separator('"'));
    assertThrows(IllegalArgumentException.class, () -> CSV.values("a", "a"));
  }

  @Test
  void files(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.csv");
    assertThrows(NoSuchFileException.class, () -> Csv.of(file).read());
    Files.writeString(file, "a,b\n1,2\n");
    assertEquals(file.toString(), Csv.of(file).read().data().name());
  }

  @Test
  void mutatedTablesAreFormatExceptionsOrTables() throws IOException {
    byte[] valid =
        "x,\"c 1\",k,y\n1,p,u,2e1\n?,\"q \"\"r\"\"\",v,-3\r\n5,,u,\"4\"\n"
            .getBytes(StandardCharsets.UTF_8);
    List<Csv> ways =
        List.of(
            CSV.label("k").categories("c 1").missing(Missing.MEAN, "?"),
            CSV.values("y").categories("c 1", "k").missing(Missing.DROP, "?"),
            CSV.noHeader().label("2").categories("0", "1", "3"));
    SplittableRandom random = new SplittableRandom(11);
    String marks = ",\"\n\r;?0e+-. \u00e9";
    int refused = 0;
    for (int i = 0; i < 120_000; i++) {
      byte[] bytes = i % 2 == 0 ? TestFiles.mutate(valid, random) : valid.clone();
      for (int k = random.nextInt(4); k > 0 && bytes.length > 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) marks.charAt(random.nextInt(marks.length()));
      }
      try {
        CsvTable t = ways.get(i % 3).read(bytes);
        for (float v : inputs(t)) {
          assertTrue(Float.isFinite(v));
        }
        assertTrue(
            Arrays.stream(t.data().target().isClass() ? t.data().labels() : new int[1])
                .allMatch(l -> l >= 0));
      } catch (FormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 30_000 && refused < 119_000, refused + " of 120000");
  }
}
