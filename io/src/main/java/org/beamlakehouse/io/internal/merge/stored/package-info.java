/**
 * What a table has stored for the keys of a merge: which files may hold them, where their rows lie,
 * and their values.
 */
package org.beamlakehouse.io.internal.merge.stored;
