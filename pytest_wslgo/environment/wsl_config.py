"""The keys of /etc/wsl.conf and of .wslconfig, and the files themselves.

Sources: the WSL source (src/linux/init/WslDistributionConfig, src/windows/common/WslCoreConfig) and
https://learn.microsoft.com/windows/wsl/wsl-config.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.settings import Key, Schema, Settings, read_settings

if TYPE_CHECKING:
    from pytest_wslgo.environment.tree import Tree

WSL_CONF: Final = {
    "automount.enabled": Key("bool", default=True),
    "automount.mountFsTab": Key("bool", default=True),
    "automount.root": Key("text", default="/mnt"),
    "automount.options": Key("text", default=""),
    "automount.ldconfig": Key("bool", default=True),
    "automount.cgroups": Key(("v1", "v2"), default="v2"),
    "boot.command": Key("text", default=""),
    "boot.systemd": Key("bool", default=False),
    "boot.initTimeout": Key("int", default=10_000),
    "boot.protectBinfmt": Key("bool", default=True),
    "fileServer.enabled": Key("bool", default=True),
    "fileServer.logFile": Key("text", default=""),
    "fileServer.logLevel": Key("int", default=4),
    "fileServer.logTruncate": Key("bool", default=True),
    "filesystem.umask": Key("int", default=0o022),
    "general.guiApplications": Key("bool"),
    "gpu.appendLibPath": Key("bool", default=True),
    "gpu.enabled": Key("bool", default=True),
    "interop.appendWindowsPath": Key("bool", default=True),
    "interop.enabled": Key("bool", default=True),
    "network.generateHosts": Key("bool", default=True),
    "network.generateResolvConf": Key("bool", default=True),
    "network.hostname": Key("text"),
    "time.useWindowsTimezone": Key("bool", default=True),
    "user.default": Key("text"),
}

_MODES: Final = ("none", "nat", "bridged", "mirrored", "virtioproxy", "consomme")

WSLCONFIG: Final = {
    "general.distributionInstallPath": Key("text"),
    "general.instanceIdleTimeout": Key("int", default=15_000),
    "wsl2.autoProxy": Key("bool", default=True),
    "wsl2.crashDumpFolder": Key("text"),
    "wsl2.debugConsole": Key("bool", default=False),
    "wsl2.debugConsoleLogFile": Key("text"),
    "wsl2.defaultVhdSize": Key("size"),
    "wsl2.dhcp": Key("bool", default=True),
    "wsl2.dhcpTimeout": Key("int", default=5000),
    "wsl2.distributionStartTimeout": Key("int", default=60_000),
    "wsl2.dnsProxy": Key("bool", default=True),
    "wsl2.dnsTunneling": Key("bool", default=True),
    "wsl2.earlyBootLogging": Key("bool", default=False),
    "wsl2.firewall": Key("bool", default=True),
    "wsl2.gpuSupport": Key("bool", default=True),
    "wsl2.guiApplications": Key("bool", default=True),
    "wsl2.hardwarePerformanceCounters": Key("bool", default=True),
    "wsl2.hostFileSystemAccess": Key("bool", default=True),
    "wsl2.ipv6": Key("bool"),
    "wsl2.isolateDistroCgroup": Key("bool"),
    "wsl2.kernel": Key("text"),
    "wsl2.kernelBootTimeout": Key("int", default=90_000),
    "wsl2.kernelCommandLine": Key("text", default=""),
    "wsl2.kernelDebugPort": Key("int", default=0),
    "wsl2.kernelModules": Key("text"),
    "wsl2.loadDefaultKernelModules": Key("bool", default=True),
    "wsl2.loadKernelModules": Key("text", default=""),
    "wsl2.localhostForwarding": Key("bool", default=True),
    "wsl2.macAddress": Key("text"),
    "wsl2.maxCrashDumpCount": Key("int"),
    "wsl2.memory": Key("size"),
    "wsl2.mountDeviceTimeout": Key("int", default=5000),
    "wsl2.nestedVirtualization": Key("bool"),
    "wsl2.networkingMode": Key(_MODES, default="nat"),
    "wsl2.pageReporting": Key("bool", default=True),
    "wsl2.processors": Key("int"),
    "wsl2.safeMode": Key("bool", default=False),
    "wsl2.swap": Key("size"),
    "wsl2.swapFile": Key("text"),
    "wsl2.systemDistro": Key("text"),
    "wsl2.telemetry": Key("bool"),
    "wsl2.virtio": Key("bool"),
    "wsl2.virtio9p": Key("bool"),
    "wsl2.virtiofs": Key("bool"),
    "wsl2.vmIdleTimeout": Key("int", default=60_000),
    "wsl2.vmSwitch": Key("text"),
    "experimental.autoMemoryReclaim": Key(
        ("disabled", "gradual", "dropCache"), default="dropCache"
    ),
    "experimental.bestEffortDnsParsing": Key("bool", default=False),
    "experimental.dnsTunnelingIpAddress": Key("text", default="10.255.255.254"),
    "experimental.hostAddressLoopback": Key("bool", default=False),
    "experimental.ignoredPorts": Key("text", default=""),
    "experimental.initialAutoProxyTimeout": Key("int", default=1000),
    "experimental.setVersionDebug": Key("bool", default=False),
    "experimental.sparseVhd": Key("bool", default=False),
    "experimental.swiotlb": Key("text"),
    "experimental.useWindowsDnsCache": Key("bool"),
    "experimental.virtioFsAggregateShares": Key("bool"),
}

# Keys that were experimental and are still read there.
_ALIASES: Final = {
    f"experimental.{name}": f"wsl2.{name}"
    for name in ("networkingMode", "dnsTunneling", "firewall", "autoProxy")
}

# What is written into wsl.conf, and is another key or belongs to the virtual machine.
_ELSEWHERE: Final = {
    "automount.automount": "the key is automount.enabled",
    "automount.mountflags": "options of drives belong in automount.options",
    **{
        name.rpartition(".")[2].lower(): f"{name} belongs in .wslconfig, on the Windows side"
        for name in WSLCONFIG
        if name.startswith(("wsl2.", "experimental."))
    },
}

_SCHEMA_OF_CONF: Final = Schema(WSL_CONF, stops=True, elsewhere=_ELSEWHERE)
_SCHEMA_OF_WSLCONFIG: Final = Schema(WSLCONFIG, stops=False, aliases=_ALIASES)
_CONF: Final = "/etc/wsl.conf"
_BYTE_ORDER_MARK: Final = "\ufeff"


def read_wsl_conf(tree: Tree) -> Settings | None:
    """/etc/wsl.conf; None where there is none to read, and WSL goes by its defaults."""
    text = tree.read(_CONF)
    return None if text is None else parse_wsl_conf(text)


def parse_wsl_conf(text: str) -> Settings:
    """The text of a wsl.conf."""
    return read_settings(text, _CONF, _SCHEMA_OF_CONF)


def read_wslconfig(tree: Tree, path: str) -> Settings | None:
    """A user's .wslconfig at a path on a Windows drive; None where there is none to read."""
    text = tree.read(path)
    return None if text is None else parse_wslconfig(text, path)


def parse_wslconfig(text: str, path: str) -> Settings:
    """The text of a .wslconfig; Windows' editors may begin it with a byte order mark."""
    return read_settings(text.removeprefix(_BYTE_ORDER_MARK), path, _SCHEMA_OF_WSLCONFIG)
