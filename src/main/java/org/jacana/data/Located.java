package org.jacana.data;

/**
 * A data set and where it came from.
 *
 * @param split the images
 * @param source one phrase for the user, such as a folder
 */
public record Located(ImageSplit split, String source) {}
