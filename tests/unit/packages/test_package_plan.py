# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What dnf would do is judged before it is done: nobody else's packages, no unchecked signatures, no other place."""

import pytest

from plugins.module_utils.errors import PlanError
from plugins.module_utils.packages.plan import (
    Item,
    Offer,
    View,
    difference,
    has_version,
    merged,
    refuse_repository,
    refuse_strangers,
    unwanted,
)
from plugins.module_utils.packages.reconcile import DesiredPackages, reconcile

OURS = View("momentum", True, ["file:///bundle"])
ROLE, CORE = Offer("msys-role-mta", "5.3.1", "1"), Offer("msys-ecelerity-core", "5.3.1", "1")
UPGRADE = Item("upgrade", "msys-ecelerity-core", "5.3.0-1", "5.3.1-1", "momentum")
OFFERED = frozenset(["msys-role-mta", "msys-ecelerity-core", "luajit"])


class Session:
    """dnf as the plan sees it: what it would do is given, what is requested is recorded."""

    def __init__(self, items=(UPGRADE,), view=OURS, offers=(ROLE, CORE), installed=None, kept=()):
        self.kept = list(kept)
        self.items, self.seen, self.found, self.asked = list(items), view, list(offers), []
        self.there = {"msys-role-mta": [Offer("msys-role-mta", "5.3.0", "1")]} if installed is None else installed

    def view(self):
        return self.seen

    def load(self):
        self.asked.append("load")

    def offers(self):
        return self.found

    def excluded(self):
        return self.kept

    def hide(self, offers):
        self.asked += ["hide %s" % offer.version for offer in offers]

    def installed(self):
        return self.there

    def want(self, name):
        self.asked.append("want " + name)

    def upgrade(self, names):
        self.asked.append("upgrade " + " ".join(sorted(names)))

    def remove(self, names):
        self.asked += ["remove " + name for name in names]

    def resolve(self):
        return self.items

    def carry_out(self):
        self.asked.append("carry out")

    def not_downloaded(self):
        return ["msys-ecelerity-core-5.3.1-1.x86_64"]

    def download(self):
        self.asked.append("download")


REQUESTED = DesiredPackages(["msys-role-mta"], "5.3.1", [], [], True, "/bundle")


def test_a_download_judges_as_the_installation_does_and_installs_nothing():
    session, requested = Session(), REQUESTED._replace(download_only=True)
    assert reconcile(session, requested, False).downloaded == session.not_downloaded()
    assert session.asked[-1] == "download" and "carry out" not in session.asked
    assert reconcile(Session(), requested, True).downloaded == session.not_downloaded()
    with pytest.raises(PlanError):
        reconcile(Session(items=[UPGRADE._replace(name="bash")]), requested, False)


def test_an_upgrade_asks_for_everything_installed_that_the_repository_offers():
    there = {
        name: [Offer(name, "5.3.0", "1")] for name in ("msys-role-mta", "msys-ecelerity-core", "msys-curl", "bash")
    }
    session = Session(installed=there, offers=[ROLE, CORE, Offer("msys-curl", "9", "1")])
    assert reconcile(session, REQUESTED._replace(remove=["msys-curl"]), False).items == [UPGRADE]
    assert session.asked == [
        "load",
        "want msys-role-mta",
        "upgrade msys-ecelerity-core msys-role-mta",
        "remove msys-curl",
        "carry out",
    ]


def test_role_packages_in_the_requested_version_do_not_hide_older_programs():
    there = {"msys-role-mta": [ROLE], "msys-ecelerity-core": [Offer("msys-ecelerity-core", "5.3.0", "1")]}
    session = Session(installed=there)
    reconcile(session, REQUESTED, False)
    assert session.asked == ["load", "upgrade msys-ecelerity-core msys-role-mta", "carry out"]


def test_without_a_version_nothing_is_upgraded():
    session = Session(items=[])
    assert reconcile(session, REQUESTED._replace(version=""), False).items == []
    assert session.asked == ["load"]


def test_check_mode_judges_the_same_and_does_nothing():
    session = Session()
    assert reconcile(session, REQUESTED, True).items == [UPGRADE]
    assert "carry out" not in session.asked
    with pytest.raises(PlanError, match="bash"):
        reconcile(Session(items=[UPGRADE._replace(name="bash")]), REQUESTED, True)


def test_newer_packages_that_dnf_is_kept_from_are_refused_before_anything_changes():
    gimli = Offer("msys-gimli", "5.3.1", "1")
    for check in (True, False):
        session = Session(kept=[gimli])
        with pytest.raises(PlanError, match="kept from msys-gimli-5.3.1-1: by excludepkgs.*versionlock"):
            reconcile(session, REQUESTED, check)
        assert session.asked == ["load"]
    reconcile(Session(kept=[gimli]), REQUESTED._replace(remove=["msys-gimli"]), False)
    reconcile(Session(kept=[gimli]), REQUESTED._replace(version=""), False)
    # Another release than the requested one, of a package that is there.
    reconcile(Session(kept=[CORE._replace(version="5.4.0")]), REQUESTED, False)


def test_an_installed_package_is_upgraded_only_where_that_is_asked_for():
    kept = REQUESTED._replace(upgrade=False, remove=["msys-curl"])
    session = Session()
    with pytest.raises(PlanError, match="upgrade msys-ecelerity-core 5.3.0-1 to 5.3.1-1.*msys.momentum.upgrade"):
        reconcile(session, kept, False)
    assert "carry out" not in session.asked
    new = Item("install", "msys-role-db", "", "5.3.1-1", "momentum")
    gone = Item("remove", "msys-curl", "7-1", "", "")
    assert reconcile(Session(items=[new, gone]), kept, False).items == [new, gone]
    # dnf removes what a new package conflicts with.
    with pytest.raises(PlanError, match="remove luajit"):
        offers = (ROLE, CORE, Offer("luajit", "2", "1"))
        reconcile(Session(items=[gone._replace(name="luajit")], offers=offers), kept, False)


def test_a_version_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(PlanError, match=r"no package msys-role-mta in version 5.3.2 \(versions there: 5.3.1-1\)"):
        reconcile(Session(), REQUESTED._replace(version="5.3.2"), False)
    with pytest.raises(PlanError, match="no package msys-role-db in version 5.3.1 .versions there: none"):
        reconcile(Session(), REQUESTED._replace(names=["msys-role-db"]), False)


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (OURS._replace(gpgcheck=False), "would not check the signatures"),
        (OURS._replace(urls=["file:///bundle", "https://example.com"]), "instead of /bundle"),
        (OURS._replace(urls=[]), "from nowhere"),
        (OURS._replace(installroot="/mnt"), "would install into /mnt"),
    ],
)
def test_a_repository_that_dnf_sees_otherwise_is_refused_before_it_is_read(view, reason):
    session = Session(view=view)
    with pytest.raises(PlanError, match=reason):
        reconcile(session, REQUESTED, False)
    assert session.asked == []


def test_signatures_may_be_left_to_the_repository_by_a_word_and_its_place_to_the_node():
    refuse_repository(OURS._replace(gpgcheck=False, urls=["https://example.com"]), False, "")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (Item("upgrade", "openssl-libs", "1-1", "2-1", "baseos"), "upgrade openssl-libs 1-1 to 2-1"),
        (Item("remove", "postfix", "3-1", "", ""), "remove postfix 3-1"),
        (Item("downgrade", "zlib", "2-1", "1-1", "momentum"), "not Momentum's would change: downgrade zlib"),
        (
            Item("downgrade", "msys-ecelerity-core", "5.3.2-1", "5.3.1-1", "momentum"),
            "would become older: downgrade msys-ecel",
        ),
        (
            Item("install", "msys-ecelerity-core", "", "5.3.9-1", "evil"),
            "from another repository: msys-ecelerity-core from evil",
        ),
    ],
)
def test_a_step_that_is_not_requested_is_refused_by_name(item, reason):
    with pytest.raises(PlanError, match=reason):
        refuse_strangers([UPGRADE, item], OURS, OFFERED, [])


@pytest.mark.parametrize(
    "item",
    [
        Item("install", "leveldb", "", "1-1", "epel"),
        Item("upgrade", "luajit", "1-1", "2-1", "momentum"),
        Item("remove", "msys-libxml2", "1-1", "", ""),
        Item("upgrade", "openssl-libs", "1-1", "2-1", "baseos"),
        Item("remove", "erlang", "1-1", "", ""),
    ],
)
def test_dependencies_momentums_own_and_what_was_named_may_change(item):
    refuse_strangers([UPGRADE, item], OURS, OFFERED, ["openssl*", "erlang"])


def test_a_repository_with_several_releases_is_used_as_the_requested_one_alone():
    older, third = ROLE._replace(version="5.3.0"), Offer("msys-luajit", "2.1", "7")
    offers = [older, ROLE, CORE, third, third._replace(version="2.2")]
    assert unwanted(offers, "5.3.1") == [older]
    assert unwanted(offers, "5.3.1-1") == [older]
    assert unwanted(offers, "") == []
    assert has_version(ROLE, "5.3.1-1") and not has_version(ROLE, "5.3") and not has_version(ROLE, "5.3.1-2")


def test_halves_of_a_transaction_are_joined():
    steps = [
        ("out", "core", "noarch", "1-1", "@System"),
        ("upgrade", "core", "noarch", "2-1", "momentum"),
        ("out", "lib", "noarch", "1-1", "@System"),
        ("upgrade", "lib", "x86_64", "2-1", "momentum"),
        ("install", "new", "noarch", "1-1", "epel"),
        ("out", "old", "noarch", "1-1", "@System"),
    ]
    items = merged(steps)
    assert [(item.action, item.name, item.before, item.after) for item in items] == [
        ("upgrade", "core", "1-1", "2-1"),
        ("upgrade", "lib", "1-1", "2-1"),
        ("install", "new", "", "1-1"),
        ("remove", "old", "1-1", ""),
    ]
    (shown,) = difference(items)
    assert (shown["before"], shown["after"]) == ("core-1-1\nlib-1-1\nold-1-1\n", "core-2-1\nlib-2-1\nnew-1-1\n")
    assert difference([]) == []
