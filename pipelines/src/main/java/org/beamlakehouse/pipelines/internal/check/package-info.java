/** What can be said of a project before it runs, beyond what each of its files says alone. */
package org.beamlakehouse.pipelines.internal.check;
