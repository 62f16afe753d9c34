package org.jacana.backend.cpu;

/** A dense matrix [rows, columns]; the columns of a batch norm are its channels. */
record RowsShape(long rows, int columns) {
  RowsShape {
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException(
          "extents must not be negative, got [" + rows + ", " + columns + "]");
    }
  }

  boolean empty() {
    return rows < 1 || columns < 1;
  }
}
