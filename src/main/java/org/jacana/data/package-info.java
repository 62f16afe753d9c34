/**
 * From files to batches: data sets, readers for the usual files, one embedded set, where sets are
 * looked for, transforms, samplers, and the loader that makes batches in the background.
 */
package org.jacana.data;
