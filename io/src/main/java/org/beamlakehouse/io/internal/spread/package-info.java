/** Hands out work evenly to the workers of a runner. */
package org.beamlakehouse.io.internal.spread;
