# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of file systems, and of where packages and the licence come from. Pure."""

from typing import Dict, Iterator, Tuple

from . import manuals
from .check import ADVICE, STOPS, Check, Found, Purpose
from .facts import Facts, Place

MIB, GIB = 1 << 20, 1 << 30
# No page has a number. A bundle of the MTA unpacked, and the programs installed, are some hundred MiB each.
NOT_ENOUGH, LITTLE = 200 * MIB, 2 * GIB
_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "glusterfs", "ceph")
_FOR_SPOOL = ("ext2", "ext4")
_UNTIMED = ("noatime", "relatime")


def _executable(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if "noexec" in facts.places["prefix"].mount.options:
        yield Found(_mounted(facts.places["prefix"], "noexec") + ", where Momentum's programs are", STOPS)
    if purpose.installs and "bundle" in purpose.uses and "noexec" in facts.places["bundle"].mount.options:
        yield Found(
            _mounted(facts.places["bundle"], "noexec") + ", where setrepodir of the bundle has to run",
            STOPS,
            "mount it without noexec for the installation, or install from a repository (momentum_repository)",
        )


def _writable(facts: Facts, _purpose: Purpose) -> Iterator[Found]:
    for name in ("prefix", "spool", "logs"):
        place = facts.places[name]
        if "ro" in place.mount.options:
            yield Found(_mounted(place, "read-only"), STOPS)


def _tmp_noexec(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if purpose.is_mta and "noexec" in facts.places["tmp"].mount.options:
        yield Found("TMPDIR of the daemon is %s: %s" % (facts.tmpdir, _mounted(facts.places["tmp"], "noexec")))


def _mounted(place: Place, how: str) -> str:
    return "%s is on %s, which is mounted %s" % (place.path, place.mount.point, how)


def _disk_space(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    names = ["prefix", "spool", "logs"] + (["bundle"] if "bundle" in purpose.uses else [])
    needed = ("prefix", "bundle") if purpose.installs else ()
    worst: Dict[str, Tuple[str, str]] = {}
    for name in names:
        place = facts.places[name]
        if place.free < LITTLE:
            severity = STOPS if name in needed and place.free < NOT_ENOUGH else ADVICE
            if worst.get(place.mount.point, ("", ""))[0] != STOPS:
                worst[place.mount.point] = (
                    severity,
                    "%s has %d MiB left for %s" % (place.mount.point, place.free // MIB, place.path),
                )
    for point in sorted(worst):
        yield Found(worst[point][1], worst[point][0])


def _spool(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if not purpose.is_mta:
        return
    place = facts.places["spool"]
    kind = place.mount.type
    if kind in _NETWORK:
        yield Found("the spool %s is on %s" % (place.path, kind), fix="move the spool to a disk of the host")
    elif kind not in _FOR_SPOOL:
        yield Found("the spool %s is on %s" % (place.path, kind), fix="format it with ext4")
    if kind not in _NETWORK and "noatime" not in place.mount.options:
        yield Found(
            "the file system of the spool, %s, is mounted without noatime" % place.mount.point,
            fix="mount it with noatime",
        )


def _spool_shared(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    spool, logs = facts.places["spool"], facts.places["logs"]
    if purpose.is_mta and spool.mount.device == logs.mount.device:
        yield Found(
            "the spool (%s) and the logs (%s) are on one file system, %s" % (spool.path, logs.path, spool.mount.point)
        )


def _network_file_systems(facts: Facts, _purpose: Purpose) -> Iterator[Found]:
    for name in ("prefix", "logs"):
        place = facts.places[name]
        if place.mount.type in _NETWORK:
            yield Found("%s is on %s" % (place.path, place.mount.type))


def _package_manager(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if not purpose.installs:
        return
    missing = [name for name in ("rpm", "dnf") if name not in facts.programs]
    missing += [] if "dnf" in facts.libraries else ["python3-dnf (for the Python that runs the task)"]
    if missing:
        yield Found("missing: %s" % ", ".join(missing), STOPS)


def _package_sources(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if purpose.installs and not any(one.enabled for one in facts.repositories):
        yield Found("no repository is enabled in /etc/yum.repos.d")


def _epel(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if not purpose.installs or facts.system.family != "el" or purpose.is_three:
        return
    texts = ["%s %s" % (one.id, one.text) for one in facts.repositories if one.enabled]
    if not any("epel" in text.lower() for text in texts):
        yield Found("no enabled repository is called EPEL")
    if facts.system.major >= 10 and not any("remi" in text.lower() for text in texts):
        yield Found(
            "no enabled repository is Remi's, and EPEL %d has no leveldb" % facts.system.major,
            fix="install leveldb from %s" % "https://rpms.remirepo.net/enterprise/, or enable a mirror that has it",
        )


def _license(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if purpose.is_mta and "license" not in purpose.uses:
        for words in facts.license:
            yield Found("the licence: %s" % words)


def _fips(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if purpose.is_mta and facts.fips == "enforced":
        old = bool(purpose.version) and purpose.version < (5, 3)
        after = (
            "; licences that are signed so are issued since 5.3.0, and no page says that older versions read them"
            if old
            else ""
        )
        yield Found("OpenSSL permits approved algorithms alone, so that a licence must be signed with ECDSA" + after)


def _python_cryptography(facts: Facts, purpose: Purpose) -> Iterator[Found]:
    if "cryptography" not in facts.libraries:
        severity = STOPS if "certificates" in purpose.uses else ADVICE
        yield Found("the Python that runs the task has no library cryptography", severity)


_PLACES: Tuple[str, ...] = ("places",)

CHECKS = (
    Check(
        "executable",
        "Whether the file systems of Momentum, and of /var/tmp where a bundle is installed from, permit programs.",
        "one is mounted with noexec",
        "Momentum's programs cannot start there, and neither can the bundle's setrepodir.",
        manuals.INSTALLATION,
        "mount it without noexec",
        _PLACES,
        _executable,
    ),
    Check(
        "writable",
        "Whether Momentum, its spool and its logs are on file systems that are mounted read-only.",
        "one is",
        "Packages cannot be installed there, and the daemon cannot write.",
        manuals.INSTALLATION,
        "mount it read-write",
        _PLACES,
        _writable,
    ),
    Check(
        "tmp_noexec",
        "Whether the daemon's TMPDIR (etc/environment below the prefix, else /tmp) permits programs.",
        "",
        "The daemon creates an executable file there for Lua Timed Events.",
        "4/environment-file",
        "set TMPDIR in etc/environment to a directory on a file system without noexec",
        ("places", "tmpdir"),
        _tmp_noexec,
    ),
    Check(
        "disk_space",
        "Whether 2 GiB are free for Momentum, its spool, its logs, and for a bundle in /var/tmp. No page has a number.",
        "less than 200 MiB are free for Momentum or for the bundle, and packages are still to be installed",
        "The log takes some 300 MB for a million messages, beside the spool. A disk that is full stops the reception of mail.",
        "3/3-reference/install-prepare",
        "make room, or use a larger file system",
        _PLACES,
        _disk_space,
    ),
    Check(
        "spool_filesystem",
        "The file system of the spool (Spoolbase): ext2 or ext4, local, mounted with noatime.",
        "",
        "Each message is written before its reception is confirmed. The vendor advises against ext3 and network file systems, and for noatime.",
        "3/3-reference/install-prepare",
        "use ext4, mounted with noatime",
        ("places", "has_configuration"),
        _spool,
    ),
    Check(
        "spool_shared",
        "Whether spool and logs are on one file system.",
        "",
        "Performance suffers where both are on one disk, and logs that grow leave no room for mail.",
        "3/3-reference/install-prepare",
        "give the spool a disk of its own",
        ("places", "has_configuration"),
        _spool_shared,
    ),
    Check(
        "network_file_systems",
        "Whether Momentum or its logs are on a network file system.",
        "",
        "The vendor advises against NFS: programs start slowly, and logs (jlog) are not made for it.",
        "3/3-reference/install-prepare",
        "move it to a disk of the host",
        _PLACES,
        _network_file_systems,
    ),
    Check(
        "package_manager",
        "Whether rpm, dnf and the library of dnf for the Python that runs the task are there, where packages are still to be installed.",
        "one is missing",
        "The role install has dnf install the packages.",
        manuals.INSTALLATION,
        "install the package, or choose the system's Python (ansible_python_interpreter)",
        (),
        _package_manager,
    ),
    Check(
        "package_sources",
        "Whether any repository is enabled, where packages are still to be installed.",
        "",
        "The packages depend on those of the operating system.",
        manuals.INSTALLATION,
        "register the host, or add a mirror to /etc/yum.repos.d",
        ("repositories",),
        _package_sources,
    ),
    Check(
        "epel",
        "Whether a repository whose id, name or address has the word EPEL is enabled, and on RHEL 10 that of Remi, where packages are still to be installed.",
        "",
        "Dependencies such as leveldb come from there. A mirror under another name does as well; then skip this check.",
        manuals.INSTALLATION,
        "rpm -ivh https://dl.fedoraproject.org/pub/epel/epel-release-latest-VERSION.noarch.rpm, or enable a mirror",
        ("repositories", "system"),
        _epel,
    ),
    Check(
        "license",
        "Whether the licence is there, and the daemon can read it; not where the run deploys it (momentum_license).",
        "",
        "Without one the daemon starts only if it can fetch one from the vendor's server, by HTTP at port 80.",
        "4/before-you-begin",
        "set momentum_license, or let the host reach the vendor's server",
        ("license", "has_configuration"),
        _license,
    ),
    Check(
        "fips",
        "Whether the host's OpenSSL permits approved algorithms alone (default_properties = fips=yes).",
        "",
        "A licence that is signed with DSA and SHA-1, as those before 5.3.0 are, is invalid then.",
        "4/before-you-begin",
        "ask the vendor for a licence that is signed with ECDSA",
        ("fips",),
        _fips,
    ),
    Check(
        "python_cryptography",
        "Whether the Python that runs the task has the library cryptography.",
        "it does not, and the run makes or renews certificates",
        "Keys and certificates are made and read with it.",
        "",
        "dnf install python3-cryptography",
        (),
        _python_cryptography,
    ),
)
