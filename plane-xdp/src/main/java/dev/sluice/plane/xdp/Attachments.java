package dev.sluice.plane.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sluice.linux.Errno;
import dev.sluice.linux.Link;
import dev.sluice.linux.MacAddress;
import dev.sluice.linux.SyscallException;
import dev.sluice.linux.UnsupportedKernelException;
import dev.sluice.linux.bpf.BpfException;
import dev.sluice.linux.bpf.BpfFs;
import dev.sluice.linux.bpf.BpfLink;
import dev.sluice.linux.bpf.BpfProgram;
import dev.sluice.linux.bpf.Clsact;
import dev.sluice.lvs.Plane.Attachment;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The programs on the devices: which device gets which hook, and why. A link that is pinned from
 * before gets the new program without a gap.
 */
final class Attachments implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.sluice.plane.xdp");

  /** A hook, as {@code status} names it. */
  enum Hook {
    XDP_NATIVE("xdp-native"),
    XDP_GENERIC("xdp-generic"),
    TCX("tcx"),
    CLSACT("clsact");

    private final String label;

    Hook(String label) {
      this.label = label;
    }
  }

  private record Attached(
      String name, int ifindex, Hook hook, @Nullable BpfLink link, String reason) {}

  /** A hook that was tried or chosen. */
  private record Choice(Hook hook, String reason) {}

  private final XdpMode mode;
  private final List<String> only;
  private final BpfProgram xdp;
  private final BpfProgram tc;
  private final MemorySegment devices;
  private final @Nullable BpfFs fs;
  private final Path directory;
  private final Map<Integer, Attached> attached = new LinkedHashMap<>();
  private final Map<Integer, Attachment> left = new HashMap<>();
  private volatile List<Attachment> status = List.of();

  Attachments(Options options, PlaneMaps maps, @Nullable BpfFs fs, Path directory) {
    this.mode = options.mode();
    this.only = options.interfaces();
    this.xdp = maps.xdp().program("sluice_xdp");
    this.tc = maps.tc().program("sluice_tc");
    this.devices = maps.devices;
    this.fs = fs;
    this.directory = directory;
  }

  /** Any thread. */
  List<Attachment> status() {
    return status;
  }

  /** Makes the attachments fit the devices that are there. */
  void reconcile(List<Link> links) {
    Map<Integer, Link> present = new LinkedHashMap<>();
    links.forEach(l -> present.put(l.index(), l));
    for (Attached a : List.copyOf(attached.values())) {
      if (!present.containsKey(a.ifindex)) {
        LOG.log(System.Logger.Level.INFO, "device {0} is gone", a.name);
        drop(a);
      }
    }
    left.clear();
    for (Link link : links) {
      String unsuitable = unsuitable(link);
      Attached before = attached.get(link.index());
      if (unsuitable != null) {
        if (before != null) {
          drop(before);
        }
        if (!link.loopback()) {
          left.put(link.index(), new Attachment(link.name(), link.index(), null, unsuitable));
        }
      } else if (before == null) {
        attach(link);
      } else {
        writeDevice(link, before.hook);
        if (!before.name.equals(link.name())) {
          attached.put(
              link.index(),
              new Attached(link.name(), link.index(), before.hook, before.link, before.reason));
        }
      }
    }
    publish();
  }

  private @Nullable String unsuitable(Link link) {
    if (!only.isEmpty() && !only.contains(link.name())) {
      return "not among the interfaces asked for";
    }
    if (link.loopback() || link.arpType() != Link.ETHERNET || link.mac() == null) {
      return "not an Ethernet device";
    }
    if (link.masterIndex() != 0) {
      return "belongs to the device with index " + link.masterIndex() + ", which has the plane";
    }
    return null;
  }

  private void attach(Link link) {
    List<String> refusals = new ArrayList<>();
    for (Choice choice : choices(link)) {
      writeDevice(link, choice.hook);
      try {
        BpfLink made = attach(link, choice.hook);
        String reason =
            refusals.isEmpty() ? choice.reason : choice.reason + "; " + String.join("; ", refusals);
        attached.put(
            link.index(), new Attached(link.name(), link.index(), choice.hook, made, reason));
        LOG.log(
            System.Logger.Level.INFO,
            "forwarding on {0} by {1}: {2}",
            link.name(),
            choice.hook.label,
            reason);
        return;
      } catch (UnsupportedKernelException | SyscallException | BpfException e) {
        refusals.add(choice.hook.label + " was refused: " + refusal(e));
      }
    }
    left.put(
        link.index(), new Attachment(link.name(), link.index(), null, String.join("; ", refusals)));
    LOG.log(
        System.Logger.Level.WARNING,
        "not forwarding on {0}: {1}",
        link.name(),
        String.join("; ", refusals));
  }

  private static String refusal(RuntimeException e) {
    if (e instanceof SyscallException s) {
      return switch (s.errno()) {
        case Errno.EOPNOTSUPP -> "the driver has no native XDP";
        case Errno.EBUSY, Errno.EEXIST ->
            "another program is attached there; detach it (ip link set dev DEVICE xdp off)";
        case Errno.ERANGE -> "the MTU is too large for XDP in this driver";
        default -> String.valueOf(e.getMessage());
      };
    }
    return String.valueOf(e.getMessage());
  }

  /** The hooks to try, in order, each with its reason. */
  private List<Choice> choices(Link link) {
    return switch (mode) {
      case NATIVE -> List.of(new Choice(Hook.XDP_NATIVE, "asked for"));
      case GENERIC -> List.of(new Choice(Hook.XDP_GENERIC, "asked for"));
      case TC ->
          List.of(
              new Choice(Hook.TCX, "asked for"), new Choice(Hook.CLSACT, "asked for, without tcx"));
      case AUTO -> {
        String kind = link.kind();
        List<Choice> choices = new ArrayList<>();
        if (kind == null) {
          choices.add(new Choice(Hook.XDP_NATIVE, "physical or virtio device: XDP in the driver"));
          choices.add(new Choice(Hook.TCX, "the driver cannot carry XDP"));
          choices.add(new Choice(Hook.CLSACT, "the driver cannot carry XDP"));
        } else {
          String reason = kind + " is virtual: tc keeps offloaded segments and checksums whole";
          choices.add(new Choice(Hook.TCX, reason));
          choices.add(new Choice(Hook.CLSACT, reason));
        }
        yield choices;
      }
    };
  }

  private @Nullable BpfLink attach(Link link, Hook hook) {
    int ifindex = link.index();
    BpfLink kept = adoptPinned(ifindex, hook);
    if (kept != null) {
      return kept;
    }
    BpfLink made =
        switch (hook) {
          case XDP_NATIVE -> BpfLink.attachXdp(xdp, ifindex, BpfLink.Mode.NATIVE);
          case XDP_GENERIC -> BpfLink.attachXdp(xdp, ifindex, BpfLink.Mode.GENERIC);
          case TCX -> BpfLink.attachTcxIngress(tc, ifindex);
          case CLSACT -> {
            Clsact.attachIngress(tc, ifindex);
            yield null;
          }
        };
    if (made != null && fs != null) {
      fs.pin(made.fd(), pin(ifindex, hook));
    }
    return made;
  }

  private Path pin(int ifindex, Hook hook) {
    return directory.resolve("link-" + hook.label + "-" + ifindex);
  }

  /** The link of the process before us, with our program in it; null: there is none. */
  private @Nullable BpfLink adoptPinned(int ifindex, Hook hook) {
    if (fs == null) {
      return null;
    }
    OptionalInt fd = fs.get(pin(ifindex, hook));
    if (fd.isEmpty()) {
      return null;
    }
    BpfLink link = BpfLink.adopt(fd.getAsInt());
    try {
      if (link.info().ifindex() == ifindex) {
        link.update(hook == Hook.TCX ? tc : xdp);
        return link;
      }
    } catch (SyscallException e) {
      LOG.log(System.Logger.Level.WARNING, "a link is made anew: {0}", e.getMessage());
    }
    link.close();
    boolean _ = fs.unpin(pin(ifindex, hook));
    return null;
  }

  private void drop(Attached a) {
    attached.remove(a.ifindex);
    detach(a);
  }

  private void detach(Attached a) {
    if (fs != null) {
      boolean _ = fs.unpin(pin(a.ifindex, a.hook));
    }
    BpfLink link = a.link;
    if (link == null) {
      boolean _ = Clsact.detachIngress(a.ifindex);
    } else {
      try {
        if (link.info().ifindex() != 0) {
          link.detach();
        }
      } catch (SyscallException e) {
        LOG.log(System.Logger.Level.DEBUG, "detach from {0}: {1}", a.name, e.getMessage());
      }
      link.close();
    }
  }

  /** Removes links of the process before us that this one does not use. */
  void removeStale() {
    BpfFs pins = fs;
    if (pins == null) {
      return;
    }
    for (String file : pins.list(directory)) {
      boolean ours =
          attached.values().stream()
              .anyMatch(a -> file.equals("link-" + a.hook.label + "-" + a.ifindex));
      if (!file.startsWith("link-") || ours) {
        continue;
      }
      OptionalInt fd = pins.get(directory.resolve(file));
      boolean _ = pins.unpin(directory.resolve(file));
      if (fd.isPresent()) {
        try (BpfLink link = BpfLink.adopt(fd.getAsInt())) {
          if (link.info().ifindex() != 0) {
            link.detach();
          }
        } catch (SyscallException e) {
          LOG.log(System.Logger.Level.DEBUG, "stale link {0}: {1}", file, e.getMessage());
        }
      }
    }
  }

  private void writeDevice(Link link, Hook hook) {
    MacAddress mac = link.mac();
    if (mac == null) {
      return;
    }
    writeDevice(link.index(), mac, hook == Hook.XDP_NATIVE && link.kind() == null);
  }

  /** Tells the XDP program a device's own address. */
  void writeDevice(int ifindex, MacAddress mac, boolean sendsItself) {
    long at = (long) (ifindex % Layout.DEVICES) * Layout.DEVICE_BYTES;
    for (int i = 0; i < 6; i++) {
      devices.set(JAVA_BYTE, at + Layout.DEVICE_MAC + i, mac.bytes()[i]);
    }
    devices.set(JAVA_SHORT, at + Layout.DEVICE_FLAGS, (short) (sendsItself ? Layout.DEVICE_TX : 0));
    devices.set(JAVA_INT, at + Layout.DEVICE_IFINDEX, ifindex);
  }

  private void publish() {
    List<Attachment> all = new ArrayList<>();
    for (Attached a : attached.values()) {
      all.add(new Attachment(a.name, a.ifindex, a.hook.label, a.reason));
    }
    all.addAll(left.values());
    status = List.copyOf(all);
  }

  /** Takes the programs off all devices. */
  void detachAll() {
    List.copyOf(attached.values()).forEach(this::drop);
    removeStale();
    publish();
  }

  /** Closes descriptors; what is pinned stays attached. */
  @Override
  public void close() {
    for (Attached a : attached.values()) {
      BpfLink link = a.link;
      if (link != null) {
        link.close();
      }
    }
  }
}
