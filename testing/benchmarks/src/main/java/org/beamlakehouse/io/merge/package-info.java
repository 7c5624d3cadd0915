/** What of the benchmarks must see the workers of the merge. */
package org.beamlakehouse.io.merge;
