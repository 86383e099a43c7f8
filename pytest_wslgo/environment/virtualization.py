"""Signs that the machine is a virtual one.

Sources: systemd's src/basic/virt.c (names in the firmware's tables), the Linux kernel's
Documentation/ABI (sysfs-hypervisor) and arch/x86 (the `hypervisor` flag: CPUID 1, ECX bit 31).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.signs import evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_wslgo.environment.model import Evidence
    from pytest_wslgo.environment.tree import Tree

_KIND: Final = "kind"
# The first CPU is enough, and the kernel takes its time for each.
_ONE_CPU: Final = 8192

_DMI: Final = "/sys/class/dmi/id"
# Makers of nothing but virtual machines.
_VENDORS: Final = re.compile(
    r"QEMU|VMware|VMW|innotek GmbH|Xen|Bochs|Parallels|BHYVE|Hyper-V|OpenStack Foundation"
    r"|Apple Virtualization|DigitalOcean|Nutanix AHV"
)
# Names of virtual products; makers of them build real machines too (Microsoft, Google, Amazon).
_PRODUCTS: Final = re.compile(
    r"Virtual Machine|VirtualBox|VMware|KVM|QEMU|BHYVE|Google Compute Engine|HVM domU|OpenStack"
    r"|Standard PC \(|Droplet"
)


def virtual_machine_signs(tree: Tree) -> list[Evidence]:
    """What says that this is a virtual machine; nothing in Xen's first domain, the host itself."""
    if "control_d" in (tree.read("proc/xen/capabilities") or ""):
        return []
    return [*_hypervisor(tree), *_firmware(tree), *_processor(tree)]


def _hypervisor(tree: Tree) -> Iterator[Evidence]:
    for name in ("/sys/hypervisor/type", "/proc/device-tree/hypervisor/compatible"):
        kind = tree.stripped(name)
        if kind:
            yield evidence(_KIND, name, kind.rstrip("\0"))
    control = re.search(
        r"^VM00 Control Program:(.*)", tree.read("proc/sysinfo") or "", re.MULTILINE
    )
    if control:  # IBM Z
        yield evidence(_KIND, "/proc/sysinfo", control[0])


def _firmware(tree: Tree) -> Iterator[Evidence]:
    for names, known in (
        (("sys_vendor", "bios_vendor", "board_vendor"), _VENDORS),
        (("product_name",), _PRODUCTS),
    ):
        for name in names:
            text = tree.stripped(f"{_DMI}/{name}") or ""
            if known.match(text):
                yield evidence(_KIND, f"{_DMI}/{name}", text)


def _processor(tree: Tree) -> Iterator[Evidence]:
    text = tree.read("proc/cpuinfo", at_most=_ONE_CPU) or ""
    flags = re.search(r"^flags\s*:(.*)", text, re.MULTILINE)
    if flags and "hypervisor" in flags[1].split():
        yield evidence(_KIND, "/proc/cpuinfo", "the CPU has the flag hypervisor")
    elif re.search(r"^vendor_id\s*:\s*User Mode Linux", text, re.MULTILINE):
        yield evidence(_KIND, "/proc/cpuinfo", "User Mode Linux")
