/** How well a model does, summed up batch by batch on its device and read once. */
package org.jacana.train.metrics;
