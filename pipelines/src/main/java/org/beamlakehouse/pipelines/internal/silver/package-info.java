/**
 * The hop from bronze to silver: what bronze gained is parsed, checked against its contracts and
 * handed to the merge, and what does not fit is put aside.
 */
package org.beamlakehouse.pipelines.internal.silver;
