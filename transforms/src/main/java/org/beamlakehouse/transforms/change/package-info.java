/**
 * Records as they were received and the typed changes made of them, each with its place in an order
 * and its coder.
 */
package org.beamlakehouse.transforms.change;
