/** Keeps passwords, keys and tokens out of whatever is told, logged or stored. */
package org.beamlakehouse.io.internal.secrets;
