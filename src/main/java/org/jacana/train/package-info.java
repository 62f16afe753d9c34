/** Fitting models: the loop, schedules, evaluation, measurement. */
package org.jacana.train;
