/** Column types as Calcite's types, and their values in generated code and back. */
package org.beamlakehouse.transforms.internal.sql.type;
