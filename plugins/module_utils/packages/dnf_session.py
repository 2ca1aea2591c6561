# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dnf's own view of repositories and of a transaction, through its Python interface (documented as the DNF API).

One session resolves and, if that is right, carries out: what was judged is what is done. The node's own dnf.conf is in force, not the
bundle's as with `dnf --config momentum.repo`: there `[main]` could redirect everything, and checks of other repositories that dnf.conf turns
on would be off.
"""

import os
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Sequence, Set, Tuple

from ..errors import PlanError
from . import plan
from .plan import Item, Offer, View


@contextmanager
def explained() -> Iterator[None]:
    """Turn what dnf says it cannot do into a PlanError."""
    import dnf.exceptions

    try:
        yield
    except dnf.exceptions.Error as error:
        raise PlanError("dnf: %s. See whether `dnf install` works on the node by hand" % error)


class Session:
    """dnf with one more repository enabled for this process alone."""

    def __init__(self, repository: str, directory: str = "") -> None:
        """Read the configuration of dnf; `directory` has a repository file of its own. Raises PlanError without the repository."""
        import dnf

        self._dnf = dnf
        self._base = dnf.Base()
        self._marked: List[Any] = []
        conf = self._base.conf
        conf.read()
        conf.substitutions.update_from_etc(conf.installroot)
        # Beside what is requested nothing is removed, a target is reached or said to be out of reach, and nobody is there to ask.
        conf.clean_requirements_on_remove, conf.best, conf.strict, conf.assumeyes = False, True, True, True
        if directory:
            conf.reposdir = list(conf.reposdir) + [directory]
        self._base.init_plugins()
        self._base.pre_configure_plugins()
        self._base.read_all_repos()
        if repository not in self._base.repos:
            raise PlanError("repository %s: dnf on this node knows no repository with this id" % repository)
        self._repository = self._base.repos[repository]
        self._repository.enable()
        self._base.configure_plugins()

    def view(self) -> View:
        """Return what is in force for the repository."""
        found = self._repository
        urls = [str(url) for url in found.baseurl] + [str(url) for url in (found.metalink, found.mirrorlist) if url]
        return View(str(found.id), bool(found.gpgcheck), urls, str(self._base.conf.installroot))

    def load(self) -> None:
        """Read the RPM database and the repositories' metadata."""
        self._repository.load()
        self._base.fill_sack(load_system_repo=True)

    def offers(self) -> List[Offer]:
        """Return what the repository offers."""
        return [_offer(package) for package in self._offered()]

    def excluded(self) -> List[Offer]:
        """Return what the repository has newer than what is installed, and the node's own settings keep from dnf: excludepkgs, versionlock."""
        import hawkey

        seen = {str(package) for package in self._offered()}
        # dnf is kept from what is installed under these names as well.
        there = {
            package.name: package for package in sorted(self._base.sack.query(flags=hawkey.IGNORE_EXCLUDES).installed())
        }
        every = self._base.sack.query(flags=hawkey.IGNORE_EXCLUDES).available()
        every = every.filter(reponame=self._repository.id, arch__neq="src", name=list(there))
        return [_offer(package) for package in every if str(package) not in seen and package > there[package.name]]

    def hide(self, offers: Sequence[Offer]) -> None:
        """Treat packages of the repository as if they were not there."""
        hidden = set(offers)
        self._base.sack.add_excludes([package for package in self._offered() if _offer(package) in hidden])

    def installed(self) -> Dict[str, List[Offer]]:
        """Return the installed packages by name."""
        found: Dict[str, List[Offer]] = {}
        for package in self._base.sack.query().installed():
            found.setdefault(package.name, []).append(_offer(package))
        return found

    def want(self, name: str) -> None:
        """Ask for the newest visible package of a name in the repository, installed or upgraded. Raises PlanError for an older one."""
        there = list(self._base.sack.query().installed().filter(name=name))
        for package in self._newest(name):
            self._marked.append(package)
            if there and max(there) > package:
                raise PlanError(
                    "%s is installed, which is newer than %s. No downgrade is documented; ask for the installed version or a newer one"
                    % (max(there), package)
                )
            if there:
                self._base.package_upgrade(package)
            else:
                self._base.package_install(package)

    def upgrade(self, names: Set[str]) -> None:
        """Ask for the newest visible package of every installed name that the repository has newer."""
        for name in sorted(names):
            there = list(self._base.sack.query().installed().filter(name=name))
            for package in self._newest(name):
                older = [one for one in there if one.arch == package.arch or "noarch" in (one.arch, package.arch)]
                if older and max(older) < package:
                    self._marked.append(package)
                    self._base.package_upgrade(package)

    def remove(self, names: Sequence[str]) -> None:
        """Ask for the removal of installed packages."""
        for package in self._base.sack.query().installed().filter(name=list(names)):
            self._base.package_remove(package)

    def resolve(self) -> List[Item]:
        """Return everything that dnf would do. Raises PlanError where it leaves out what was requested."""
        self._base.resolve(allow_erasing=True)
        done = {str(package) for package in self._base.transaction.install_set}
        here = {str(package) for package in self._base.sack.query().installed()}
        missing = sorted({str(package) for package in self._marked} - done - here)
        if missing:
            raise PlanError("dnf: cannot install %s; see what `dnf install` says" % ", ".join(missing))
        return plan.merged([self._step(item) for item in self._base.transaction])

    def not_downloaded(self) -> List[str]:
        """Return what the transaction would install and is not in dnf's cache. dnf compares what is there with the metadata as it downloads."""
        packages = self._base.transaction.install_set
        return sorted(str(package) for package in packages if not os.path.exists(package.localPkg()))

    def download(self) -> None:
        """Download what is to be installed into dnf's cache, where the next transaction finds it, and check signatures. Raises PlanError."""
        packages = list(self._base.transaction.install_set)
        self._base.download_packages(packages)
        for package in packages:
            self._check(package)

    def carry_out(self) -> None:
        """Download, check signatures, install. Raises PlanError at the first that fails."""
        self.download()
        self._base.do_transaction()
        failed = [str(item) for item in self._base.transaction if item.state == _libdnf().TransactionItemState_ERROR]
        if failed:
            raise PlanError("dnf: installation failed: %s. See /var/log/dnf.log" % ", ".join(sorted(failed)))

    def close(self) -> None:
        """Give up locks and the RPM database."""
        self._base.close()

    def _check(self, package: Any) -> None:
        """Have dnf check a signature; a key that the definition of the repository names is imported, as `dnf --assumeyes` does."""
        status, words = self._base.package_signature_check(package)
        if status == 1 and self._base.repos[package.repoid].gpgkey:
            self._base.package_import_key(package)
            status, words = self._base.package_signature_check(package)
        if status:
            raise PlanError(
                "%s (repository %s). Nothing was installed. Import the vendor's key, or get the packages again"
                % (words, package.repoid)
            )

    def _offered(self) -> List[Any]:
        return list(self._base.sack.query().available().filter(reponame=self._repository.id, arch__neq="src"))

    def _newest(self, name: str) -> List[Any]:
        """The newest packages of a name; of several architectures that of the installed one, else dnf's first."""
        query = self._base.sack.query().available().filter(reponame=self._repository.id, name=name, arch__neq="src")
        found = list(query.latest())
        there = {package.arch for package in self._base.sack.query().installed().filter(name=name)}
        best = [package for package in found if package.arch in there] or [
            package for package in found if package.arch in (self._base.conf.substitutions["arch"], "noarch")
        ]
        return best or found

    def _step(self, item: Any) -> Tuple[str, str, str, str, str]:
        names = {
            self._dnf.transaction.PKG_INSTALL: "install",
            self._dnf.transaction.PKG_OBSOLETE: "install",
            self._dnf.transaction.PKG_UPGRADE: "upgrade",
            self._dnf.transaction.PKG_DOWNGRADE: "downgrade",
            self._dnf.transaction.PKG_REINSTALL: "reinstall",
        }
        package = item.pkg
        evr = "%s-%s" % (package.version, package.release)
        return names.get(item.action, "out"), package.name, package.arch, evr, str(package.reponame)


def _offer(package: Any) -> Offer:
    return Offer(str(package.name), str(package.version), str(package.release))


def _libdnf() -> Any:
    import libdnf.transaction

    return libdnf.transaction
