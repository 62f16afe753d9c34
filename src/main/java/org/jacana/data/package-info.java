/**
 * Image data sets: readers for the usual files, one embedded set, where sets are looked for, and
 * shuffled batches. Everything here works on byte arrays and knows nothing of tensors.
 */
package org.jacana.data;
