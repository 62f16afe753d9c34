/** The command line. */
package org.jacana.cli;
