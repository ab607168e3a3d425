/** What VRRP tracks beside scripts and interfaces: numbers in files, and running processes. */
@NullMarked
package dev.sluice.core.track;

import org.jspecify.annotations.NullMarked;
