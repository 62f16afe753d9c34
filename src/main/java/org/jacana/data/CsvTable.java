package org.jacana.data;

import java.util.List;
import java.util.Map;

/**
 * A CSV file as it was read.
 *
 * @param data the rows
 * @param columns what each input is: a column's name, or {@code column=category}
 * @param categories of the columns that are categories, in the order of their inputs
 * @param means of the columns of numbers without missing values, or those it was read with
 * @param dropped how many rows were left out because of missing values
 * @param options how it was read
 */
public record CsvTable(
    ArrayDataset data,
    List<String> columns,
    Map<String, List<String>> categories,
    Map<String, Float> means,
    int dropped,
    Csv options) {}
