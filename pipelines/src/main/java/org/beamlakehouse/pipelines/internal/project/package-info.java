/** A user's project: its folder, {@code lakehouse.yaml}, contracts and gold products. */
package org.beamlakehouse.pipelines.internal.project;
