package org.jacana.train.metrics;

/** How one number is made of those of the classes. */
public enum Average {
  /** Of the counts of all classes together; for one label an example this is the accuracy. */
  MICRO,
  /**
   * The mean over the classes; one that neither occurs nor was predicted does not count (as in
   * scikit-learn and torchmetrics).
   */
  MACRO,
  /** The mean over the classes, each weighted by how often it occurs. */
  WEIGHTED
}
