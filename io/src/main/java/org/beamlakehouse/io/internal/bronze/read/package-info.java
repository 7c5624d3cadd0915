/** Reading what a bronze table gained since it was last looked at. */
package org.beamlakehouse.io.internal.bronze.read;
