/**
 * Taking in files: which are new or changed, reading them, their commit, and the index of those
 * that were taken in.
 */
package org.beamlakehouse.io.internal.bronze.files;
