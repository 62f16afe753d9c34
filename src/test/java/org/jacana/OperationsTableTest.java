package org.jacana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The README's table of operations is what the code says; -Djacana.write=true writes it. */
class OperationsTableTest {
  private static final Path README = Path.of("README.md");

  @Test
  @DisabledIfSystemProperty(named = "jacana.cases", matches = ".+")
  void theTableIsUpToDate() throws IOException, URISyntaxException {
    String readme = Files.readString(README);
    String table = OperationsTable.write();
    if (Boolean.getBoolean("jacana.write")) {
      Files.writeString(README, OperationsTable.replace(readme, table));
      return;
    }
    assertNotNull(OperationsTable.in(readme), "README.md has no markers of the table");
    assertEquals(
        table,
        OperationsTable.in(readme),
        "the table of operations in README.md is out of date; write it anew with"
            + " mvn -q test -Dtest=OperationsTableTest -Djacana.write=true");
  }

  @Test
  void theTableIsFoundAndReplaced() {
    String readme =
        "a\n<!-- operations: written by OperationsTableTest -->\n| $1 |\n<!-- end of operations"
            + " -->\nb\n";
    assertEquals("| $1 |\n", OperationsTable.in(readme));
    String other = OperationsTable.replace(readme, "| \\2 |\n");
    assertEquals("| \\2 |\n", OperationsTable.in(other));
    assertTrue(other.startsWith("a\n<") && other.endsWith(">\nb\n"), other);
  }
}
