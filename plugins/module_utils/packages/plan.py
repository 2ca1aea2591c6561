# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may become of a node's packages: pure, from what dnf says it would do.

The upgrade manual (2.3.5) upgrades everything that Momentum's repository offers, in one call. dnf alone would also change what is nobody's
business here, to make it fit; that is refused by name.
"""

from fnmatch import fnmatchcase
from typing import Any, Dict, FrozenSet, Iterable, List, NamedTuple, Sequence, Tuple

from ..errors import PlanError

PREFIX = "msys-"  # of the names of the vendor's packages
INCOMING = ("install", "upgrade", "downgrade", "reinstall")


class Offer(NamedTuple):
    """A package in the repository."""

    name: str
    version: str
    release: str


class View(NamedTuple):
    """What dnf will do with the repository: settings after all its configuration files and plugins."""

    id: str
    gpgcheck: bool
    urls: Sequence[str]
    installroot: str = "/"


class Item(NamedTuple):
    """One step of a transaction. `action`: one of INCOMING, or `remove` for a package that has no successor; `before` and `after`
    are VERSION-RELEASE, empty where there is none; `repository` is where `after` comes from."""

    action: str
    name: str
    before: str
    after: str
    repository: str


def has_version(offer: Offer, version: str) -> bool:
    """Tell whether a package has a version, which is given with or without the release. Empty means any."""
    return version in ("", offer.version, "%s-%s" % (offer.version, offer.release))


def unwanted(offers: Iterable[Offer], version: str) -> List[Offer]:
    """Return the offers that are of another version, of packages that the repository also has in the requested one.

    A repository may hold several releases. Momentum's third-party packages have versions of their own and stay.
    """
    every = list(offers)
    there = {offer.name for offer in every if has_version(offer, version)}
    return [offer for offer in every if offer.name in there and not has_version(offer, version)]


def refuse_repository(view: View, signatures: bool, directory: str) -> None:
    """Raise PlanError if dnf would not do with the repository what the task asks for.

    `signatures`: the packages' signatures must be checked. `directory`: packages must be there; empty for any place.
    """
    if view.installroot != "/":
        raise PlanError("dnf would install into %s: remove installroot from dnf.conf" % view.installroot)
    if signatures and not view.gpgcheck:
        raise PlanError(
            "repository %s: dnf would not check the signatures of its packages. Set gpgcheck=1 in its definition, and import the"
            " vendor's key; or set require_signatures to false to accept unsigned packages" % view.id
        )
    if directory and list(view.urls) != ["file://" + directory]:
        raise PlanError(
            "repository %s: dnf would read packages from %s instead of %s. Remove other definitions of this id"
            % (view.id, ", ".join(view.urls) or "nowhere", directory)
        )


def refuse_excluded(excluded: Iterable[Offer], offers: Iterable[Offer], version: str, leaving: Sequence[str]) -> None:
    """Raise PlanError for newer packages that dnf is kept from: an upgrade would leave two versions of Momentum side by side, and never end that.

    `offers`: what dnf is not kept from. A repository may hold several releases: what is kept from it counts where it has the requested version, or
    nothing else of that name is there. `leaving`: names that are removed.
    """
    there = {offer.name for offer in offers}
    held = sorted(
        {
            "%s-%s-%s" % offer
            for offer in excluded
            if offer.name not in leaving and (offer.name not in there or has_version(offer, version))
        }
    )
    if held:
        raise PlanError(
            "dnf is kept from %s: by excludepkgs (exclude) in dnf.conf or in the definition of the repository, or by the plugin versionlock. Nothing was "
            "changed, because the other packages would be of another version. Take the exclusion out" % ", ".join(held)
        )


def refuse_strangers(items: Iterable[Item], view: View, offered: FrozenSet[str], expected: Sequence[str]) -> None:
    """Raise PlanError if the transaction changes an installed package that is not Momentum's, or takes one of Momentum's elsewhere.

    Momentum's are those that its repository offers, and all that begin with `msys-`. `expected` are patterns of names that may change, too.
    """
    others, foreign, older = [], [], []
    for item in items:
        is_ours = item.name in offered or item.name.startswith(PREFIX)
        if (
            item.action in INCOMING
            and item.name in offered
            and item.name.startswith(PREFIX)
            and item.repository != view.id
        ):
            foreign.append("%s from %s" % (item.name, item.repository))
        if item.before and not is_ours and not any(fnmatchcase(item.name, pattern) for pattern in expected):
            others.append(described(item))
        elif item.action == "downgrade":
            older.append(described(item))
    if others:
        raise PlanError(
            "packages that are not Momentum's would change: %s. Nothing was changed. Upgrade or remove them yourself first, or name"
            " them in may_change" % "; ".join(others)
        )
    if older:
        raise PlanError(
            "packages would become older: %s. Nothing was changed; no downgrade is documented. Ask for the installed version or a newer one"
            % "; ".join(older)
        )
    if foreign:
        raise PlanError(
            "packages of Momentum would come from another repository: %s. Exclude them there" % ", ".join(foreign)
        )


def refuse_upgrades(items: Iterable[Item], offered: FrozenSet[str], expected: Sequence[str]) -> None:
    """Raise PlanError if the transaction changes an installed package of Momentum's, whose daemon may run; `expected` are names that may go."""
    changed = [
        described(item)
        for item in items
        if item.before and item.name not in expected and (item.name in offered or item.name.startswith(PREFIX))
    ]
    if changed:
        raise PlanError(
            "installed packages of Momentum would change: %s. Nothing was changed, because upgrade is false. Stop the daemon as the upgrade"
            " manual has it, and set upgrade to true; the playbook msys.momentum.upgrade does both" % "; ".join(changed)
        )


def described(item: Item) -> str:
    """Put a step into words."""
    if not item.before:
        return "%s %s %s" % (item.action, item.name, item.after)
    return "%s %s %s%s" % (item.action, item.name, item.before, " to %s" % item.after if item.after else "")


def difference(items: Sequence[Item]) -> List[Dict[str, str]]:
    """Return the lines of the RPM database before and after, for the packages that change."""
    if not items:
        return []
    before = [_line(item.name, item.before) for item in items if item.before]
    after = [_line(item.name, item.after) for item in items if item.after]
    names = {"before_header": "installed packages", "after_header": "installed packages"}
    return [dict(names, before="".join(sorted(before)), after="".join(sorted(after)))]


def downloads(packages: Sequence[str]) -> List[Dict[str, str]]:
    """Return what comes into dnf's cache as a difference."""
    names = {"before_header": "dnf's cache", "after_header": "dnf's cache"}
    return [dict(names, before="", after="".join(one + "\n" for one in packages))] if packages else []


def as_data(items: Iterable[Item]) -> List[Dict[str, Any]]:
    """Return the steps as a module's result has them."""
    return [dict(item._asdict()) for item in items]


def merged(steps: Iterable[Tuple[str, str, str, str, str]]) -> List[Item]:
    """Join incoming and outgoing halves of a transaction: (action, name, arch, VERSION-RELEASE, repository) in any order.

    The outgoing half (`out`) of a package that also comes in is what was there before; without an incoming one it is a removal.
    """
    incoming: Dict[Tuple[str, str], Tuple[str, str, str]] = {}
    outgoing: Dict[Tuple[str, str], str] = {}
    for action, name, arch, evr, repository in steps:
        if action == "out":
            outgoing[name, arch] = evr
        else:
            incoming[name, arch] = (action, evr, repository)
    items = []
    for (name, arch), (action, evr, repository) in incoming.items():
        before = outgoing.pop((name, arch), "")
        if not before and action != "install":
            # The architecture may change with the version, to or from noarch.
            other = next((key for key in outgoing if key[0] == name), None)
            before = outgoing.pop(other) if other is not None else ""
        items.append(Item(action, name, before, evr, repository))
    items += [Item("remove", name, evr, "", "") for (name, _arch), evr in outgoing.items()]
    return sorted(items, key=lambda item: (item.name, item.action, item.after))


def _line(name: str, evr: str) -> str:
    return "%s-%s\n" % (name, evr)
