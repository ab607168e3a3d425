package dev.sluice.cli.realserver;

import dev.sluice.cli.CommandException;
import dev.sluice.linux.Capabilities;
import dev.sluice.linux.Capability;
import dev.sluice.linux.Errno;
import dev.sluice.linux.InterfaceAddress;
import dev.sluice.linux.Link;
import dev.sluice.linux.NetworkNamespace;
import dev.sluice.linux.RouteNetlink;
import dev.sluice.linux.SyscallException;
import dev.sluice.linux.Sysctl;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** This machine, in the network namespace of the calling thread. */
public final class KernelMachine implements Machine, AutoCloseable {
  private final RouteNetlink netlink = RouteNetlink.open();

  @Override
  public boolean mayConfigure() {
    return Capabilities.has(Capability.NET_ADMIN);
  }

  @Override
  public String bootId() {
    return Sysctl.read("kernel.random.boot_id").orElse("unknown");
  }

  @Override
  public long namespace() {
    return NetworkNamespace.currentInode();
  }

  @Override
  public List<Held> addresses() {
    Map<Integer, String> names = new HashMap<>();
    netlink.links().forEach(link -> names.put(link.index(), link.name()));
    return netlink.addresses().stream()
        .map(a -> new Held(names.getOrDefault(a.ifindex(), "?"), a.address(), a.prefixLength()))
        .toList();
  }

  @Override
  public void addToLoopback(InetAddress vip) {
    boolean _ = netlink.addAddress(onLoopback(vip));
  }

  @Override
  public void removeFromLoopback(InetAddress vip) {
    boolean _ = netlink.deleteAddress(onLoopback(vip));
  }

  /**
   * Host scope, so that the kernel never chooses the VIP as the source of a connection that this
   * machine opens. (The kernel decides on an IPv6 address's scope itself.)
   */
  private InterfaceAddress onLoopback(InetAddress vip) {
    boolean four = vip instanceof Inet4Address;
    return new InterfaceAddress(
        demand("lo").index(),
        vip,
        four ? 32 : 128,
        null,
        null,
        four ? InterfaceAddress.SCOPE_HOST : InterfaceAddress.SCOPE_GLOBAL,
        four ? 0 : InterfaceAddress.NODAD,
        0);
  }

  private Link demand(String name) {
    return netlink
        .link(name)
        .orElseThrow(() -> CommandException.failed("there is no interface " + name + " here"));
  }

  @Override
  public Optional<Boolean> linkUp(String name) {
    return netlink.link(name).map(Link::up);
  }

  @Override
  public void setLink(String name, boolean up) {
    netlink.setUp(demand(name).index(), up);
  }

  @Override
  public void loadModule(String name) {
    for (String modprobe : List.of("/usr/sbin/modprobe", "/sbin/modprobe")) {
      if (Files.isExecutable(Path.of(modprobe))) {
        try {
          int _ =
              new ProcessBuilder(modprobe, "--quiet", name)
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .start()
                  .waitFor();
        } catch (IOException e) {
          // Whether it helped is seen from whether the link appears.
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return;
      }
    }
  }

  @Override
  public Optional<String> sysctl(String name) {
    return Sysctl.read(name);
  }

  @Override
  public void setSysctl(String name, String value) {
    try {
      Sysctl.write(name, value);
    } catch (SyscallException e) {
      boolean readOnly = e.is(Errno.EACCES) || e.is(Errno.EINVAL);
      throw CommandException.failed(
          e.getMessage()
              + (readOnly ? "; in a container /proc/sys is read-only: set it from outside" : ""));
    }
  }

  @Override
  public void close() {
    netlink.close();
  }
}
