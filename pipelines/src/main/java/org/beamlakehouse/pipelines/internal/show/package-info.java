/**
 * The rows of a table for a person or a program: which ones are asked for, and how they are
 * written.
 */
package org.beamlakehouse.pipelines.internal.show;
