/** From bytes to JSON tokens, numbers and texts; knows nothing of tables. */
package org.beamlakehouse.transforms.internal.cdc.json;
