from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from environment_machines import NAMES, captured, machine, write

from pytest_wslgo.environment import detect

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.environment import Environment

BOUND = "809eb3721e19d6ef4aed5e01ed73226c5b7c454f38489234f6d232cbbbab84ac"
EXPECTED = {
    "alpine-container-cgroup2": ("container", False, []),
    "docker-cgroup1-native": ("container", False, []),
    "docker-desktop-on-wsl2": ("container-on-wsl2", False, ["/sp"]),
    "github-actions-ubuntu": ("linux", True, []),
    "native-ubuntu-24.04": ("linux", True, []),
    "wsl1": ("wsl1", False, ["/mnt/c"]),
    "wsl2-4.19-old": ("wsl2", False, ["/mnt/c"]),
    "wsl2-6.18-docker-integration": (
        "wsl2",
        True,
        [
            *("/mnt/v", "/mnt/c", "/mnt/d", "/mnt/f", "/Docker/host", "/mnt/d"),
            f"/mnt/wsl/docker-desktop-bind-mounts/Ubuntu/{BOUND}",
        ],
    ),
    "wsl2-6.6-systemd": ("wsl2", True, ["/mnt/c", "/mnt/d", "/mnt/e", "/mnt/f"]),
    "wsl2-custom-kernel": ("wsl2", False, ["/mnt/c", "/mnt/d"]),
    "wsl2-locked-down": ("wsl2", True, []),
    "wsl2-virtio9p": ("wsl2", False, ["/mnt/c"]),
    "wsl2-virtiofs": ("wsl2", False, ["/mnt/c"]),
}

CUSTOM = "6.9.1-mine\n"
WSL_KERNEL = "6.6.87.2-microsoft-standard-WSL2\n"
NATIVE = "6.8.0-45-generic\n"
RELEASE = "proc/sys/kernel/osrelease"
MOUNTINFO = "proc/self/mountinfo"
ROOT = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
LAYERS = "1 0 0:9 / / rw - overlay overlay rw,lowerdir=/var/lib/{}/1/fs,upperdir=/u\n"
HOSTS = "2 1 8:1 /var/lib/{}/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n"
DRIVE = "3 1 0:9 / /c rw - 9p C:\\134 rw,aname=drvfs;path=C:\\;uid=1000\n"
INIT = "4 1 0:2 /init /init ro - rootfs rootfs rw\n"
BINFMT = "proc/sys/fs/binfmt_misc/WSLInterop"


def kind_of(root: Path, files: dict[str, str], **environ: str) -> Environment:
    """What a machine of these files is."""
    return detect(write(root, files), environ, platform="linux")


def test_all_are_expected() -> None:
    """Each captured machine has its expectations."""
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_captured(tmp_path: Path, name: str) -> None:
    """A captured machine is what it was, with its drives and systemd, and each is proved."""
    environment = captured(tmp_path, name)

    drives = [mount.point for mount in environment.mounts if mount.is_windows_drive]
    assert (environment.kind, environment.systemd, drives) == EXPECTED[name]
    assert environment.wsl == {"wsl1": 1, "wsl2": 2}.get(environment.kind, 0)
    assert environment.why("kind")
    assert environment.why("systemd")
    assert environment.findings == ()


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("wsl")])
def test_sudo(tmp_path: Path, name: str) -> None:
    """WSL is known without the variables that sudo, ssh and cron lose."""
    assert (
        detect(machine(tmp_path, name), {}, platform="linux").kind == name.split("-", maxsplit=1)[0]
    )


WSL2 = {
    "an older kernel": {RELEASE: "4.19.104-microsoft-standard\n"},
    "own kernel with the word at its end": {RELEASE: "5.10.16-microsoft\n"},
    "/proc/version alone": {"proc/version": "Linux version 5.15.1-microsoft-standard-WSL2 (a@b)"},
    "own kernel, a drive": {RELEASE: CUSTOM, MOUNTINFO: ROOT + DRIVE},
    "own kernel, /init": {RELEASE: CUSTOM, MOUNTINFO: ROOT + INIT},
    "own kernel, drivers": {
        RELEASE: CUSTOM,
        MOUNTINFO: ROOT + "3 1 0:9 / /usr/lib/wsl/drivers ro - 9p drivers ro,aname=drivers\n",
    },
    "own kernel, its command line": {
        RELEASE: CUSTOM,
        "proc/cmdline": "initrd=\\initrd.img WSL_ROOT_INIT=1 panic=-1 nr_cpus=8\n",
    },
    "own kernel, interop": {RELEASE: CUSTOM, BINFMT: "enabled\ninterpreter /init\nflags: PF\n"},
    "own kernel, interop off": {RELEASE: CUSTOM, BINFMT: "disabled\ninterpreter /init\n"},
    "isolated by cgroup": {RELEASE: WSL_KERNEL, "proc/self/cgroup": "0::/wsl-user/distro-1\n"},
    "own kernel, isolated": {RELEASE: CUSTOM, "proc/self/cgroup": "0::/wsl-user/distro-1/x\n"},
    "chroot": {RELEASE: WSL_KERNEL, MOUNTINFO: "5 3 0:5 / /proc rw - proc proc rw\n"},
    "imported from a container": {RELEASE: WSL_KERNEL, MOUNTINFO: ROOT + INIT, ".dockerenv": ""},
    "systemd takes it for a container": {RELEASE: WSL_KERNEL, "run/systemd/container": "wsl\n"},
    "dockerd runs beside": {
        RELEASE: WSL_KERNEL,
        MOUNTINFO: ROOT + LAYERS.format("docker/overlay2").replace(" / / ", " / /var/lib/d "),
        "proc/self/cgroup": "0::/system.slice/docker.service\n",
    },
}


@pytest.mark.parametrize("name", WSL2)
def test_wsl2(tmp_path: Path, name: str) -> None:
    """WSL2 is known by its kernel, or under another name by what only WSL2 has."""
    assert kind_of(tmp_path, WSL2[name]).kind == "wsl2"


@pytest.mark.parametrize(
    "files",
    [
        {RELEASE: "4.4.0-18362-Microsoft\n"},
        {RELEASE: "4.4.0\n", MOUNTINFO: "2 2 0:2 / / rw - lxfs rootfs rw\n"},
        {"proc/version": "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com) (gcc)"},
    ],
)
def test_wsl1(tmp_path: Path, files: dict[str, str]) -> None:
    """WSL1 is known by the capital of its kernel, or by its root filesystem."""
    assert kind_of(tmp_path, files).kind == "wsl1"


CONTAINERS = {
    "docker": {MOUNTINFO: LAYERS.format("docker/overlay2") + HOSTS.format("docker/containers/7")},
    "containerd": {MOUNTINFO: LAYERS.format("containerd/io.containerd.snapshotter.v1.overlayfs")},
    "kubernetes": {MOUNTINFO: ROOT + HOSTS.format("kubelet/pods/7/etc-hosts")},
    "kubernetes, its secrets": {
        MOUNTINFO: ROOT + "3 1 0:9 / /run/secrets/kubernetes.io/serviceaccount ro - tmpfs t rw\n"
    },
    "podman": {
        MOUNTINFO: LAYERS.format("containers/storage/overlay"),
        "run/.containerenv": 'engine="podman-4.9"\n',
    },
    "podman without root": {
        MOUNTINFO: "1 0 0:9 / / rw - fuse.fuse-overlayfs fuse-overlayfs rw\n",
        "run/.containerenv": "",
    },
    "a marker alone": {".dockerenv": ""},
    "lxc": {
        MOUNTINFO: ROOT + "3 1 0:9 /proc/cpuinfo /proc/cpuinfo rw - fuse.lxcfs lxcfs rw\n",
        "run/systemd/container": "lxc\n",
    },
    "lxc by process 1": {"proc/1/environ": "TERM=linux\0container=lxc\0"},
    "systemd-nspawn": {"run/systemd/container": "systemd-nspawn\n"},
    "systemd-nspawn without systemd": {"run/host/container-manager": "systemd-nspawn\n"},
    "by cgroup": {"proc/self/cgroup": f"12:pids:/docker/{'7c' * 32}\n"},
    "by cgroup, kubernetes": {
        "proc/self/cgroup": f"0::/kubepods.slice/pod7.slice/cri-containerd-{'7c' * 32}.scope\n"
    },
    "by cgroup, podman": {
        "proc/self/cgroup": f"0::/user.slice/user-1000.slice/libpod-{'7c' * 32}.scope/x\n"
    },
    "by cgroup, a job's container": {"proc/self/cgroup": f"1:name=systemd:/actions_job/{'7' * 64}"},
    "OpenVZ": {"proc/vz/vestat": ""},
}


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize(
    ("release", "kind"), [(NATIVE, "container"), (WSL_KERNEL, "container-on-wsl2")]
)
def test_container(tmp_path: Path, name: str, release: str, kind: str) -> None:
    """A container is known on any kernel, and that it is WSL2's is known as well."""
    assert kind_of(tmp_path, {RELEASE: release, **CONTAINERS[name]}).kind == kind


def test_container_on_own_kernel(tmp_path: Path) -> None:
    """In a container on a WSL2 kernel of another name, a Windows drive tells."""
    files = {RELEASE: CUSTOM, MOUNTINFO: LAYERS.format("docker/overlay2") + DRIVE}

    assert kind_of(tmp_path, files).kind == "container-on-wsl2"


MACHINES = {
    "KVM": {"sys/class/dmi/id/sys_vendor": "QEMU\n"},
    "Hyper-V": {
        "sys/class/dmi/id/sys_vendor": "Microsoft Corporation\n",
        "sys/class/dmi/id/product_name": "Virtual Machine\n",
    },
    "VirtualBox": {"sys/class/dmi/id/product_name": "VirtualBox\n"},
    "VMware": {"sys/class/dmi/id/sys_vendor": "VMware, Inc.\n"},
    "Google": {"sys/class/dmi/id/product_name": "Google Compute Engine\n"},
    "Xen": {"sys/hypervisor/type": "xen\n"},
    "Firecracker": {"proc/cpuinfo": "processor\t: 0\nflags\t\t: fpu vme hypervisor lm\n"},
    "Firecracker with a container's image": {
        MOUNTINFO: ROOT,
        ".dockerenv": "",
        "proc/cpuinfo": "flags\t\t: hypervisor\n",
    },
    "IBM Z": {"proc/sysinfo": "Manufacturer: IBM\nVM00 Control Program: KVM/Linux\n"},
    "ARM": {"proc/device-tree/hypervisor/compatible": "linux,kvm\0"},
}


@pytest.mark.parametrize("name", MACHINES)
def test_vm(tmp_path: Path, name: str) -> None:
    """A virtual machine is known by its hypervisor, firmware or CPU, and says by which."""
    environment = kind_of(tmp_path, {RELEASE: NATIVE, **MACHINES[name]})

    assert environment.kind == "vm"
    source = next(each.source for each in environment.evidence if each.about == "kind")
    assert (tmp_path / source.lstrip("/")).is_file()


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"sys/class/dmi/id/sys_vendor": "Microsoft Corporation\n"},
        {"sys/class/dmi/id/product_name": "Surface Laptop 5\n"},
        {"sys/class/dmi/id/sys_vendor": "Google\n"},
        {"proc/cpuinfo": "flags\t\t: fpu vmx lm\nmodel name : hypervisor\n"},
        {"proc/xen/capabilities": "control_d\n", "sys/hypervisor/type": "xen\n"},
        {"proc/self/cgroup": "0::/system.slice/docker.service\n"},
        {"proc/version": "Linux version 6.8.0 (someone@microsoft.com) (gcc)\n"},
        {"run/WSL/8_interop": "", "usr/lib/wsl/x": ""},
        {BINFMT: "enabled\ninterpreter /usr/bin/wine\n"},
        {MOUNTINFO: ROOT + "3 1 0:9 / /mnt/c rw - ntfs3 /dev/sdb1 rw\n"},
        {MOUNTINFO: ROOT, ".dockerenv": ""},
        {MOUNTINFO: "1 0 0:9 / / rw - overlay overlay rw,lowerdir=/run/live/rootfs\n"},
    ],
)
def test_linux(tmp_path: Path, files: dict[str, str]) -> None:
    """What only reminds of WSL, a container or a virtual machine is no proof."""
    stale = {"WSL_INTEROP": "/run/WSL/8_interop", "WSL_DISTRO_NAME": "Ubuntu", "container": "x"}

    environment = kind_of(tmp_path, {RELEASE: NATIVE, **files}, **stale)

    assert environment.kind == "linux"
    assert "WSL_INTEROP in the environment: /run/WSL/8_interop" in environment.why("outvoted")


def test_outvoted(tmp_path: Path) -> None:
    """A sign that did not count is told with the others."""
    environment = kind_of(tmp_path, WSL2["imported from a container"])

    assert environment.why("outvoted") == "/.dockerenv: exists"
    assert environment.why("kind").startswith(f"/proc/sys/kernel/osrelease: {WSL_KERNEL.strip()}")
