# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""As much of dnf's Python interface as msys.momentum.packages uses, over a few lines of JSON. The scenarios have the real one.

`state/rpm/installed.json` of the node is the RPM database, a list of [name, version, release]; `state/rpm/repositories.json` what dnf.conf and
yum.repos.d define: per id `gpgcheck`, `baseurl`, `signed` and `packages` (name, version, release, requires as {name: least version});
`cache` below it has an empty file for each package that was downloaded; `"unreachable": true` of a repository lets every download fail.
`state/rpm/excluded.json` the names in its `excludepkgs`.
"""

import json
import os

import hawkey
from ansible.module_utils import basic

from . import exceptions, transaction


class Package:
    cache = ""

    def __init__(self, name, version, release="1", requires=None, reponame="@System", signed=True):
        self.name, self.version, self.release, self.arch = name, version, release, "noarch"
        self.requires, self.reponame, self.repoid, self.signed = requires or {}, reponame, reponame, signed

    def key(self):
        return [int(part) if part.isdigit() else 0 for part in self.version.split(".")]

    def __lt__(self, other):
        return self.key() < other.key()

    def __gt__(self, other):
        return self.key() > other.key()

    def __str__(self):
        return "%s-%s-%s.%s" % (self.name, self.version, self.release, self.arch)

    def localPkg(self):
        return os.path.join(self.cache, "%s.rpm" % self)


class Query(list):
    def filter(self, name=None, reponame=None, arch__neq=None):
        names = [name] if isinstance(name, str) else name
        return Query(
            one
            for one in self
            if (names is None or one.name in names) and (reponame is None or one.reponame == reponame)
        )

    def latest(self):
        newest = {}
        for one in self:
            if one.name not in newest or newest[one.name] < one:
                newest[one.name] = one
        return Query(newest.values())


class Sack:
    def __init__(self, installed, available, excluded):
        self.there, self.every = installed, available
        self.offered = [one for one in available if one.name not in excluded]

    def query(self, flags=0):
        return Sack(self.there, self.every, ()) if flags == hawkey.IGNORE_EXCLUDES else self

    def installed(self):
        return Query(self.there)

    def available(self):
        return Query(self.offered)

    def add_excludes(self, packages):
        self.offered = [one for one in self.offered if one not in packages]


class Repository:
    metalink = mirrorlist = None
    gpgkey = ()

    def __init__(self, name, definition):
        self.id, self.baseurl, self.gpgcheck = name, definition["baseurl"], definition["gpgcheck"]
        self.unreachable = definition.get("unreachable", False)
        self.packages = [
            Package(reponame=name, signed=definition.get("signed", True), **one)
            for one in definition.get("packages", [])
        ]

    def enable(self):
        pass

    def load(self):
        pass


class Configuration:
    installroot = "/"
    reposdir = ()
    substitutions = type("Substitutions", (dict,), {"update_from_etc": lambda self, root: None})(arch="noarch")

    def read(self):
        pass


class Item:
    state = 0

    def __init__(self, action, pkg):
        self.action, self.pkg = action, pkg


class Transaction(list):
    @property
    def install_set(self):
        return [item.pkg for item in self if item.action in transaction.FORWARD]


class Base:
    def __init__(self):
        root = os.path.dirname(json.loads(basic._ANSIBLE_ARGS)["ANSIBLE_MODULE_ARGS"]["state_dir"])
        self.directory = os.path.join(root, "state", "rpm")
        Package.cache = os.path.join(self.directory, "cache")
        self.conf, self.repos, self.requested, self.erased = Configuration(), {}, [], []
        self.transaction = Transaction()

    def init_plugins(self):
        pass

    pre_configure_plugins = configure_plugins = close = init_plugins

    def _read(self, name, default):
        path = os.path.join(self.directory, name)
        if not os.path.exists(path):
            return default
        with open(os.fsencode(path), encoding="utf-8") as file:
            return json.load(file)

    def read_all_repos(self):
        for name, definition in self._read("repositories.json", {}).items():
            self.repos[name] = Repository(name, definition)

    def fill_sack(self, load_system_repo):
        installed = [Package(*one) for one in self._read("installed.json", [])]
        available = [one for repository in self.repos.values() for one in repository.packages]
        self.sack = Sack(installed, available, self._read("excluded.json", []))

    def package_install(self, package):
        self.requested.append(package)

    package_upgrade = package_install

    def package_remove(self, package):
        self.erased.append(package)

    def resolve(self, allow_erasing):
        there = {one.name: one for one in self.sack.there}
        todo, done = list(self.requested), {}
        while todo:
            one = todo.pop()
            done[one.name] = one
            for name, least in one.requires.items():
                found = self.sack.available().filter(name=name).latest()
                if name in done or (name in there and not there[name] < Package(name, least)):
                    continue
                if not found:
                    raise exceptions.DepsolveError("nothing provides %s >= %s needed by %s" % (name, least, one))
                todo += found
        for one in done.values():
            old = there.get(one.name)
            action = transaction.PKG_INSTALL if old is None else transaction.PKG_UPGRADE
            self.transaction.append(Item(action, one))
            if old is not None:
                self.transaction.append(Item(transaction.PKG_UPGRADED, old))
        self.transaction += [Item(transaction.PKG_ERASE, one) for one in self.erased]

    def download_packages(self, packages):
        for one in packages:
            if os.path.exists(os.fsencode(one.localPkg())):
                continue
            if self.repos[one.repoid].unreachable:
                raise exceptions.DownloadError(
                    {str(one): ["Cannot download, all mirrors were already tried without success"]}
                )
            os.makedirs(os.fsencode(Package.cache), exist_ok=True)
            with open(os.fsencode(one.localPkg()), "w", encoding="utf-8"):
                pass

    def package_signature_check(self, package):
        bad = self.repos[package.repoid].gpgcheck and not package.signed
        return (2, "Package %s.rpm is not signed" % package) if bad else (0, "")

    def do_transaction(self):
        gone = {item.pkg.name for item in self.transaction}
        left = [one for one in self.sack.there if one.name not in gone] + self.transaction.install_set
        with open(os.fsencode(os.path.join(self.directory, "installed.json")), "w", encoding="utf-8") as file:
            json.dump([[one.name, one.version, one.release] for one in left], file)
        for one in self.transaction.install_set:  # without keepcache
            os.unlink(os.fsencode(one.localPkg()))
