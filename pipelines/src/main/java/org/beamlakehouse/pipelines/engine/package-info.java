/**
 * What a module for a Beam runner implements so that pipelines are started, watched and ended on
 * it.
 */
package org.beamlakehouse.pipelines.engine;
