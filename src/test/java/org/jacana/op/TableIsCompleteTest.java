package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** No operation without rows: every public method that gives a tensor is in the table. */
class TableIsCompleteTest {
  @Test
  void everyMethodHasRowsOrAReason() throws IOException, URISyntaxException {
    Set<String> missing = new TreeSet<>(PublicOperations.named().keySet());
    OpCases.all().forEach(c -> missing.remove(c.method()));
    assertEquals(Set.of(), missing, "methods without rows in OpCases");
    Set<String> stale = new TreeSet<>(PublicOperations.EXEMPT.keySet());
    stale.removeAll(PublicOperations.all().keySet());
    assertEquals(Set.of(), stale, "exempt methods that do not exist");
  }

  @Test
  void everyRowNamesAMethod() throws IOException, URISyntaxException {
    Set<String> methods = PublicOperations.all().keySet();
    for (OpCase c : OpCases.all()) {
      if (!c.method().startsWith("Unary.") && !c.method().startsWith("Binary.")) {
        assertTrue(methods.contains(c.method()), c.name());
      }
    }
  }

  @Test
  void everyEnumRowIsThere() {
    Set<String> rows = OpCases.all().stream().map(OpCase::method).collect(Collectors.toSet());
    for (Unary f : Unary.values()) {
      assertTrue(rows.contains("Unary." + f), f.name());
    }
    for (Binary f : Binary.values()) {
      assertTrue(rows.contains("Binary." + f), f.name());
    }
  }
}
