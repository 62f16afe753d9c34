/**
 * Charts and pictures, made without a screen: of training, of what a model sees and gets wrong, of
 * losses and spectra, and reports of them as one HTML file.
 */
package org.jacana.plot;
