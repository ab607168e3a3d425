/** VRRP between real daemons, in namespaces: sluice beside keepalived, FRR and itself. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lab.vrrp;
