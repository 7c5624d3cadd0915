/** Gold products: SQL files with a header that says who owns them and how they are kept fresh. */
package org.beamlakehouse.pipelines.internal.gold;
