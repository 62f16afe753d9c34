package org.jacana.backend.cpu;

/** {@link org.jacana.backend.Backend#sgd} with its numbers. */
record SgdRule(
    float lr, float momentum, float dampening, float decay, boolean nesterov, boolean first) {}
