/** The lab itself, and scenarios against real daemons. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lab;
