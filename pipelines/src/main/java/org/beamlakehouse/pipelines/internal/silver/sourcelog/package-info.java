/** Whether the log of a source goes on or begins anew, and who said so. */
package org.beamlakehouse.pipelines.internal.silver.sourcelog;
