/**
 * A run as its caller sees it: what is asked, which part of the project that means, and what came
 * of it.
 */
package org.beamlakehouse.pipelines.internal.request;
