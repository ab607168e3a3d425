@NullMarked
package dev.sluice.cli.ipvsadm;

import org.jspecify.annotations.NullMarked;
