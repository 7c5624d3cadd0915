/**
 * Reading configuration: YAML with the line of everything, problems that name file and line, and
 * the variables of the environment.
 */
package org.beamlakehouse.pipelines.internal.config;
