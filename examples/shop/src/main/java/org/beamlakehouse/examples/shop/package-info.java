/**
 * The data of the sample project: a small shop whose database and apps are simulated.
 *
 * <p>{@link org.beamlakehouse.examples.shop.ShopGenerator} writes the files. {@code ShopDatabase}
 * lives through four months of customers and orders and reports every row change to {@code
 * ChangeLog}, which words it as Debezium does; {@code ShopEvents} makes what the apps send; {@code
 * Disorder} then delivers the lines as real systems do: late, out of order and more than once.
 */
package org.beamlakehouse.examples.shop;
