# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring Momentum's packages into the requested version: see, judge, and only then do. How dnf is asked is `dnf_session.Session`, which tests replace."""

from typing import Any, List, NamedTuple, Sequence

from ..errors import PlanError
from .plan import (
    Item,
    View,
    has_version,
    refuse_excluded,
    refuse_repository,
    refuse_strangers,
    refuse_upgrades,
    unwanted,
)


class DesiredPackages(NamedTuple):
    """What a task asks for. `version` empty: any that is there, and nothing is upgraded. `directory`: where the packages of the
    repository must be, empty for any place; `expected`: packages beside Momentum's that may change. `upgrade`: whether Momentum's own may, too.
    download_only: packages are downloaded, and nothing is installed."""

    names: Sequence[str]
    version: str
    remove: Sequence[str]
    expected: Sequence[str]
    signatures: bool
    directory: str
    upgrade: bool = True
    download_only: bool = False


class Result(NamedTuple):
    """The steps, what is in force for the repository, and the packages that had to be downloaded where that was all that was requested."""

    items: List[Item]
    view: View
    downloaded: Sequence[str] = ()


def reconcile(session: Any, requested: DesiredPackages, check_mode: bool) -> Result:
    """Install, upgrade and remove in one transaction, or only download for it; in check mode only what would be done is reported, after the same judgements.

    Raises PlanError before anything is changed if dnf would do something else than the task asks for.
    """
    view: View = session.view()
    refuse_repository(view, requested.signatures, requested.directory)
    session.load()
    offers = session.offers()
    if requested.version:
        refuse_excluded(session.excluded(), offers, requested.version, requested.remove)
    offered = frozenset(offer.name for offer in offers)
    session.hide(unwanted(offers, requested.version))
    installed = session.installed()
    for name in requested.names:
        if any(has_version(one, requested.version) for one in installed.get(name, [])):
            continue
        found = [offer for offer in offers if offer.name == name]
        if not any(has_version(offer, requested.version) for offer in found):
            versions = ", ".join(sorted("%s-%s" % (offer.version, offer.release) for offer in found)) or "none"
            raise PlanError(
                "repository %s: there is no package %s%s (versions there: %s)"
                % (view.id, name, " in version %s" % requested.version if requested.version else "", versions)
            )
        session.want(name)
    if requested.version:
        session.upgrade((offered & set(installed)) - set(requested.remove))
    session.remove(requested.remove)
    items: List[Item] = session.resolve()
    refuse_strangers(items, view, offered, list(requested.expected) + list(requested.remove))
    if not requested.upgrade:
        refuse_upgrades(items, offered, requested.remove)
    if requested.download_only:
        due = session.not_downloaded()
        if not check_mode:
            session.download()
        return Result(items, view, due)
    if items and not check_mode:
        session.carry_out()
    return Result(items, view)
