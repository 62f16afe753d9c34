package org.jacana.data;

/** What becomes of a table's missing values. */
public enum Missing {
  /** They are an error. */
  ERROR,
  /** A row with one is left out. */
  DROP,
  /**
   * A number becomes the mean of its column, a category none of the categories; a missing target is
   * an error.
   */
  MEAN
}
