package org.beamlakehouse.io.bronze;

import org.beamlakehouse.io.files.SourceFile;

/**
 * A file that is not what it was when it was ingested.
 *
 * @param file the file as it is now
 * @param error what is told of it
 */
public record ChangedFile(SourceFile file, String error) {}
