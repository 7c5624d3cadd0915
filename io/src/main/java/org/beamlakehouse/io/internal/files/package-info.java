/**
 * Files as a source: which files a glob names, and the records in them, byte for byte. Files are
 * taken as immutable: a file is known by its path, and one that changed is reported.
 */
package org.beamlakehouse.io.internal.files;
