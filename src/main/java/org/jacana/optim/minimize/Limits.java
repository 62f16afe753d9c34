package org.jacana.optim.minimize;

/** When to stop. Step and value tolerances of 0 are not tested. */
record Limits(
    double gradient, double step, double value, int iterations, int evaluations, int searches) {}
