/**
 * Beam rows of any schema as the changes that the merge rules take, and what the rules make of them
 * as rows again.
 */
package org.beamlakehouse.transforms.internal.rows;
