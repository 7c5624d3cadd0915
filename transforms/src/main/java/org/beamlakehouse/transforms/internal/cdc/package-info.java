/**
 * The parser: takes a raw record, has the reader of its format read it, and keeps a broken record
 * from harming others.
 */
package org.beamlakehouse.transforms.internal.cdc;
