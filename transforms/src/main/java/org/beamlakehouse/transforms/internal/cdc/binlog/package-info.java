/** The messages of connectors that read MySQL's binlog: Canal and Maxwell. */
package org.beamlakehouse.transforms.internal.cdc.binlog;
