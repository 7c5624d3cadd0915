/** Row rules as pure functions: which rules a row fails, and what is to be done with it. */
package org.beamlakehouse.transforms.internal.quality;
