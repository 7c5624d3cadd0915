/** Help for error texts: the name that was probably meant. */
package org.beamlakehouse.transforms.internal.text;
