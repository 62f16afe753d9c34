package org.jacana.plot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A report as one HTML file with its pictures inside: no scripts, nothing loaded from elsewhere, to
 * be read on light and dark screens and on paper. All text is escaped; the file is well-formed XML
 * too.
 *
 * <pre>{@code
 * new HtmlReport("Run 7").section("Result").values(Map.of("accuracy", 0.99)).picture(loss, "Loss")
 *     .save(file);
 * }</pre>
 */
public final class HtmlReport {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1f2328; --paper: #ffffff; --line: #d0d7de;
        --soft: #f4f6f8; --link: #0a58a5; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16191d;
        --line: #3a4048; --soft: #20252b; --link: #7ab8ff; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
      a { color: var(--link); } nav ul { columns: 2; padding-left: 1.2rem; }
      table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
      .wide { overflow-x: auto; }
      th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left;
        vertical-align: top; overflow-wrap: anywhere; }
      th { background: var(--soft); } td.n, th.n { text-align: right; white-space: nowrap; }
      pre { background: var(--soft); padding: .8rem; overflow-x: auto; }
      figure { margin: 1.2rem 0; } figcaption { font-size: .9rem; }
      img { max-width: 100%; height: auto; background: #ffffff; border-radius: 4px; }
      @media print { :root { --ink: #000000; --paper: #ffffff; --line: #999999; --soft: #f0f0f0; }
        body { max-width: none; margin: 0; font-size: 11pt; } nav { display: none; }
        figure, tr, pre { break-inside: avoid; } h2 { break-after: avoid; } }
      """;

  private final String title;
  private final List<String> sections = new ArrayList<>();
  private final StringBuilder body = new StringBuilder();

  /** An empty report. */
  public HtmlReport(String title) {
    this.title = title;
  }

  /** A new section; what is added next stands in it. */
  public HtmlReport section(String heading) {
    sections.add(heading);
    body.append("<h2 id=\"s").append(sections.size()).append("\">").append(escape(heading));
    body.append("</h2>\n");
    return this;
  }

  /** A paragraph. */
  public HtmlReport paragraph(String text) {
    body.append("<p>").append(escape(text)).append("</p>\n");
    return this;
  }

  /** Text whose lines and spaces stay as they are, such as a command or an error. */
  public HtmlReport code(String text) {
    body.append("<pre>").append(escape(text)).append("</pre>\n");
    return this;
  }

  /** A table of names and values in the map's order; null values become an empty cell. */
  public HtmlReport values(Map<String, ?> values) {
    body.append("<div class=\"wide\"><table>\n");
    values.forEach(
        (name, value) ->
            body.append("<tr><th scope=\"row\">")
                .append(escape(name))
                .append("</th><td>")
                .append(escape(value == null ? "" : value.toString()))
                .append("</td></tr>\n"));
    body.append("</table></div>\n");
    return this;
  }

  /**
   * A table with a row of headings; columns of numbers are aligned at the right.
   *
   * @param rows each as long as the headings
   * @throws IllegalArgumentException if one is not
   */
  public HtmlReport table(List<String> headings, List<? extends List<String>> rows) {
    boolean[] numbers = new boolean[headings.size()];
    for (int c = 0; c < numbers.length; c++) {
      numbers[c] = !rows.isEmpty();
    }
    for (int r = 0; r < rows.size(); r++) {
      if (rows.get(r).size() != numbers.length) {
        throw new IllegalArgumentException(
            "report: row "
                + r
                + " has "
                + rows.get(r).size()
                + " cells for "
                + numbers.length
                + " headings");
      }
      for (int c = 0; c < numbers.length; c++) {
        numbers[c] &= number(rows.get(r).get(c));
      }
    }
    body.append("<div class=\"wide\"><table>\n<thead>");
    row(headings, numbers, "th");
    body.append("</thead>\n<tbody>\n");
    for (List<String> row : rows) {
      row(row, numbers, "td");
    }
    body.append("</tbody></table></div>\n");
    return this;
  }

  private void row(List<String> cells, boolean[] numbers, String tag) {
    body.append("<tr>");
    for (int c = 0; c < cells.size(); c++) {
      body.append('<').append(tag).append(numbers[c] ? " class=\"n\">" : ">");
      body.append(escape(cells.get(c))).append("</").append(tag).append('>');
    }
    body.append("</tr>\n");
  }

  private static boolean number(String cell) {
    return cell.isEmpty() || cell.matches("[-+]?[0-9][0-9,.]*([eE][-+]?[0-9]+)?( ?%)?|NaN|-");
  }

  /** A picture with a caption, which also describes it to those who cannot see it. */
  public HtmlReport picture(Picture picture, String caption) {
    body.append("<figure><img alt=\"")
        .append(escape(caption))
        .append("\" width=\"")
        .append(picture.displayWidth())
        .append("\" src=\"data:image/png;base64,")
        .append(Base64.getEncoder().encodeToString(picture.png()))
        .append("\" /><figcaption>")
        .append(escape(caption))
        .append("</figcaption></figure>\n");
    return this;
  }

  /** The whole file. */
  public String html() {
    StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
    out.append("<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n");
    out.append("<meta charset=\"utf-8\" />\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n");
    out.append("<title>").append(escape(title)).append("</title>\n");
    out.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
    out.append("<h1>").append(escape(title)).append("</h1>\n");
    if (sections.size() > 3) {
      out.append("<nav><ul>\n");
      for (int i = 0; i < sections.size(); i++) {
        out.append("<li><a href=\"#s").append(i + 1).append("\">");
        out.append(escape(sections.get(i))).append("</a></li>\n");
      }
      out.append("</ul></nav>\n");
    }
    return out.append(body).append("</body>\n</html>\n").toString();
  }

  /**
   * Writes the file as UTF-8, making its folder where it is missing.
   *
   * @return the file
   * @throws IOException if it cannot be written
   */
  public Path save(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    return Files.write(file, html().getBytes(StandardCharsets.UTF_8));
  }

  /** Text as XML wants it; characters that it forbids become the replacement character. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(allowed(c) ? c : 0xfffd);
              }
            });
    return out.toString();
  }

  private static boolean allowed(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || c >= 0x20 && c <= 0xd7ff
        || c >= 0xe000 && c <= 0xfffd
        || c >= 0x10000;
  }
}
