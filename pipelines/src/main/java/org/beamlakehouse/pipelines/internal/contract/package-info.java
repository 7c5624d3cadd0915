/**
 * Data contracts: Open Data Contract Standard (ODCS) v3.1 files to typed table definitions.
 *
 * <p>A contract is checked twice: against the standard's own JSON Schema, and strictly by the
 * readers here, which know what the standard leaves open and point at the line.
 */
package org.beamlakehouse.pipelines.internal.contract;
