package org.beamlakehouse.io.internal.bronze.files;

import org.beamlakehouse.io.internal.files.SourceFile;

/**
 * A file that is not what it was when it was ingested.
 *
 * @param file the file as it is now
 * @param error what is told of it
 */
public record ChangedFile(SourceFile file, String error) {}
