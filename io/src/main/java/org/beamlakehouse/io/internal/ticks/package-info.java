/** The beat of pipelines that never end. */
package org.beamlakehouse.io.internal.ticks;
