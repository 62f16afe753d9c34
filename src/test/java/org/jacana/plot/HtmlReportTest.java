package org.jacana.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Reports, read back by an XML parser. */
class HtmlReportTest {
  private static final String NASTY = "<b>&\"'</b> \u0000\u001b é 漢 😀 ]]> <!-- ";
  private static final String SHOWN = "<b>&\"'</b> \ufffd\ufffd é 漢 😀 ]]> <!-- ";

  private static Document parse(String html) throws Exception {
    var bytes = new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8));
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(bytes);
  }

  private static List<String> texts(Document document, String tag) {
    NodeList found = document.getElementsByTagName(tag);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      out.add(found.item(i).getTextContent());
    }
    return out;
  }

  @Test
  void allTextComesBackUnchangedFromAParser() throws Exception {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(NASTY, NASTY);
    values.put("missing", null);
    Picture dot = new Picture(new BufferedImage(4, 2, BufferedImage.TYPE_INT_RGB), 2);
    HtmlReport report =
        new HtmlReport(NASTY)
            .section(NASTY)
            .paragraph(NASTY)
            .code("a\n  b" + NASTY)
            .values(values)
            .table(List.of("name", "n"), List.of(List.of("x", "1.5"), List.of(NASTY, "-2e-3")))
            .picture(dot, NASTY);
    Document d = parse(report.html());
    assertEquals(List.of(SHOWN), texts(d, "title"));
    assertEquals(List.of(SHOWN), texts(d, "h1"));
    assertEquals(List.of(SHOWN), texts(d, "h2"));
    assertEquals(List.of(SHOWN), texts(d, "p"));
    assertEquals(List.of("a\n  b" + SHOWN), texts(d, "pre"));
    assertEquals(List.of(SHOWN, "missing", "name", "n"), texts(d, "th"));
    assertEquals(List.of(SHOWN, "", "x", "1.5", SHOWN, "-2e-3"), texts(d, "td"));
    assertEquals(List.of(SHOWN), texts(d, "figcaption"));
    Element image = (Element) d.getElementsByTagName("img").item(0);
    assertEquals(SHOWN, image.getAttribute("alt"));
    assertEquals("2", image.getAttribute("width"));
    String prefix = "data:image/png;base64,";
    assertTrue(image.getAttribute("src").startsWith(prefix));
    byte[] png = Base64.getDecoder().decode(image.getAttribute("src").substring(prefix.length()));
    assertArrayEquals(dot.png(), png);
    // Numbers stand at the right, names do not.
    Element number = (Element) d.getElementsByTagName("td").item(3);
    assertEquals("n", number.getAttribute("class"));
    assertEquals("", ((Element) d.getElementsByTagName("td").item(2)).getAttribute("class"));
  }

  @Test
  void nothingIsLoadedFromElsewhere() throws Exception {
    HtmlReport report = new HtmlReport("R");
    for (int i = 0; i < 5; i++) {
      report.section("Section " + i).paragraph("text");
    }
    Document d = parse(report.html());
    NodeList all = d.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      Element e = (Element) all.item(i);
      assertFalse(List.of("script", "link", "iframe", "object").contains(e.getTagName()));
      assertTrue(!e.hasAttribute("href") || e.getAttribute("href").startsWith("#s"));
    }
    String style = texts(d, "style").get(0);
    assertFalse(style.contains("url(") || style.contains("@import"));
    assertTrue(style.contains("prefers-color-scheme: dark") && style.contains("@media print"));
    // The list of sections leads to each.
    assertEquals(5, d.getElementsByTagName("li").getLength());
    Element second = (Element) d.getElementsByTagName("h2").item(1);
    Element link = (Element) d.getElementsByTagName("a").item(1);
    assertEquals("#" + second.getAttribute("id"), link.getAttribute("href"));
  }

  @Test
  void rowsMustFit() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new HtmlReport("R")
                    .table(List.of("a", "b"), List.of(List.of("1", "2"), List.of("3"))));
    assertEquals("report: row 1 has 1 cells for 2 headings", e.getMessage());
  }

  @Test
  void aRunsReportHasWhatWasGiven(@TempDir Path folder) throws Exception {
    double[] loss = {1, 0.5};
    RunReport run =
        new RunReport("Run 7")
            .options(Map.of("epochs", 2))
            .epochs(loss, loss, new double[] {0.5, 0.75}, null)
            .confusion(new double[][] {{3, 1}, {0, 4}}, List.of("cat", "dog"))
            .model(List.of("layer", "parameters"), List.of(List.of("Linear", "1,290")))
            .hashes(Map.of("weights", "ab12"))
            .results(Map.of("accuracy", 0.875))
            .picture(
                "More", ImageGrid.of(org.jacana.data.Digits.load().test(), 2).picture(), "two");
    Path file = run.report().save(folder.resolve("out/report.html"));
    Document d = parse(Files.readString(file));
    assertEquals(
        List.of("Results", "Training", "Confusion", "More", "Model", "Options", "Hashes"),
        texts(d, "h2"));
    assertEquals(5, d.getElementsByTagName("img").getLength());
    List<String> cells = texts(d, "td");
    assertTrue(
        cells.containsAll(List.of("0.875", "2", "ab12", "Linear", "1,290", "0.5", "0.75")),
        cells.toString());
    assertEquals(List.of(), texts(parse(new RunReport("Empty").report().html()), "h2"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RunReport("R").epochs(loss, new double[3], null, null));
  }
}
