# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives that would write elsewhere, or leave more than files, are refused before anything is written."""

import hashlib
import io
import os
import tarfile

import pytest

from plugins.module_utils.errors import PlanError
from plugins.module_utils.files.safe_paths import UnsafePath
from plugins.module_utils.host.program import Ran, run
from plugins.module_utils.packages import repository_file
from plugins.module_utils.packages.bundle import DesiredBundle, unpack

TOP = "momentum-mta-5.3.0"
SETREPODIR = '#!/bin/sh\nprintf "[momentum]\\nbaseurl=file://$PWD\\n" > momentum.repo\numask > umask\n'


def member(name, content="", kind=tarfile.REGTYPE, mode=0o644, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.linkname, info.uid, info.gid = kind, mode, link, 12345, 12345
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    return info, content.encode()


BASIS = [
    member(TOP, kind=tarfile.DIRTYPE, mode=0o2777),
    member(TOP + "/momentum.repo", "[momentum]\n"),
    member("./%s/setrepodir" % TOP, SETREPODIR, mode=0o777),
    member(TOP + "/repodata/repomd.xml", "<repomd/>", mode=0o666),
]


@pytest.fixture(name="requested")
def _requested(tmp_path):
    """Make an archive of members on disk, and return what asks for it."""

    def make(*members, compression="gz", checksum=None, cut=0, **changes):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w:" + compression) as archive:
            for info, content in members:
                archive.addfile(info, io.BytesIO(content) if content else None)
        path = tmp_path / "bundle.tar.gz"
        path.write_bytes(data.getvalue()[: len(data.getvalue()) - cut])
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if checksum is None else checksum
        return DesiredBundle(str(path), str(tmp_path / "unpacked"), digest, False, True)._replace(**changes)

    return make


def modes(root):
    return {
        os.path.relpath(os.path.join(directory, name), root): os.lstat(os.path.join(directory, name)).st_mode & 0o7777
        for directory, directories, files in os.walk(root)
        for name in directories + files
    }


def test_a_bundle_is_unpacked_for_this_account_and_its_program_run_there(requested):
    before = os.umask(0o002)
    try:
        asked = requested(*BASIS)
        done = unpack(asked, False)
    finally:
        os.umask(before)
    top = os.path.join(asked.destination, TOP)
    assert (done.changed, done.directory) == (True, top)
    assert repository_file.directory_in(done.file) == top
    found = modes(asked.destination)
    assert {mode for name, mode in found.items() if os.path.isdir(os.path.join(asked.destination, name))} == {0o755}
    assert found[TOP + "/setrepodir"] == 0o755 and found[TOP + "/repodata/repomd.xml"] == 0o644
    assert {os.lstat(os.path.join(asked.destination, name)).st_uid for name in found} == {os.geteuid()}
    with open(os.path.join(top, "umask")) as file:
        assert file.read() == "0022\n"


def test_links_that_stay_inside_are_kept(requested):
    hard = member(TOP + "/hard", kind=tarfile.LNKTYPE, link=TOP + "/repodata/repomd.xml")
    soft = member(TOP + "/a/soft", kind=tarfile.SYMTYPE, link="../repodata/repomd.xml")
    asked = requested(hard, soft, *BASIS)
    unpack(asked, False)
    for name in ("hard", "a/soft"):
        with open(os.path.join(asked.destination, TOP, name)) as file:
            assert file.read() == "<repomd/>"


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        ([member("/etc/cron.d/x", "x")], "has an absolute path"),
        ([member(TOP + "/../../x", "x")], "has .. in its path"),
        ([member("../x", "x")], "has .. in its path"),
        ([member("other/x", "x")], "contains momentum-mta-5.3.0, other"),
        ([member(TOP + "/x", kind=tarfile.CHRTYPE)], "neither a file, a directory nor a link"),
        ([member(TOP + "/x", kind=tarfile.BLKTYPE)], "neither a file"),
        ([member(TOP + "/x", kind=tarfile.FIFOTYPE)], "neither a file"),
        ([member(TOP + "/x", "x", mode=0o4755)], "set-user-id"),
        ([member(TOP + "/x", "x", mode=0o2755)], "set-group-id"),
        ([member(TOP + "/x", kind=tarfile.SYMTYPE, link="/etc/passwd")], "link to an absolute path"),
        ([member(TOP + "/x", kind=tarfile.SYMTYPE, link="../../../etc")], "leads out of the archive"),
        ([member(TOP + "/x", kind=tarfile.SYMTYPE, link="..")], "leads out of the archive"),
        (
            [
                member(TOP + "/a/l", kind=tarfile.SYMTYPE, link=".."),
                member(TOP + "/m", kind=tarfile.SYMTYPE, link="a/l/.."),
            ],
            "leads out",
        ),
        (
            [member(TOP + "/x", kind=tarfile.SYMTYPE, link="/tmp"), member(TOP + "/x/y", "y")],
            "link to an absolute path",
        ),
        (
            [member(TOP + "/x", kind=tarfile.SYMTYPE, link="repodata"), member(TOP + "/x/y", "y")],
            "which is no directory",
        ),
        (
            [member(TOP + "/x/y", "y"), member(TOP + "/x", kind=tarfile.SYMTYPE, link="repodata")],
            "which is no directory",
        ),
        ([member(TOP + "/x", kind=tarfile.LNKTYPE, link="/etc/shadow")], "has an absolute path"),
        ([member(TOP + "/x", kind=tarfile.LNKTYPE, link="../../etc/shadow")], "has .. in its path"),
        ([member(TOP + "/x", kind=tarfile.LNKTYPE, link=TOP + "/none")], "hard link to what is no file"),
        ([member(TOP + "/setrepodir", "#!/bin/sh\n", mode=0o755)], "is there twice"),
        ([member(TOP + "//repodata", "x")], "which is no directory"),
        ([member(TOP + "/x\n[main]", "x")], "control character"),
    ],
)
def test_a_hostile_member_is_refused_by_name_with_nothing_left(requested, tmp_path, hostile, reason):
    asked = requested(*(BASIS + hostile))
    for check_mode in (True, False):
        if check_mode and "leads" in reason:
            continue  # what a link leads to is known once all are there
        with pytest.raises(PlanError) as refused:
            unpack(asked, check_mode, run=lambda command, timeout: pytest.fail("setrepodir ran"))
        assert reason in str(refused.value)
    assert sorted(os.listdir(str(tmp_path))) == ["bundle.tar.gz"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"checksum": "0" * 64}, "Nothing was unpacked"),
        ({"checksum": "sha256:abc"}, "64 hexadecimal digits"),
        ({"checksum": ""}, "Set checksum, or unverified"),
        ({"destination": "/tmp/../x"}, "dest"),
        ({"destination": "/tmp/x y"}, "dest"),
    ],
)
def test_the_checksum_comes_before_anything_else(requested, tmp_path, changes, reason):
    for check_mode in (True, False):
        with pytest.raises(PlanError, match=reason):
            unpack(requested(*BASIS)._replace(**changes), check_mode)
    assert sorted(os.listdir(str(tmp_path))) == ["bundle.tar.gz"]


def test_without_a_checksum_a_word_is_needed_and_enough(requested):
    assert unpack(requested(*BASIS)._replace(checksum="", unverified=True), True).changed


@pytest.mark.parametrize("cut", [60, 200])
def test_an_archive_that_is_cut_off_is_refused(requested, tmp_path, cut):
    with pytest.raises(PlanError, match="cannot be read"):
        unpack(requested(*BASIS, cut=cut), False)
    assert sorted(os.listdir(str(tmp_path))) == ["bundle.tar.gz"]


def test_what_is_no_archive_or_no_bundle_is_refused(requested, tmp_path):
    path = tmp_path / "bundle.tar.gz"
    path.write_bytes(b"no archive")
    plain = DesiredBundle(str(path), str(tmp_path / "unpacked"), "", True, True)
    with pytest.raises(PlanError, match="cannot be read"):
        unpack(plain, False)
    with pytest.raises(PlanError, match="no file momentum-mta-5.3.0/momentum.repo"):
        unpack(requested(BASIS[0], BASIS[2]), False)
    os.remove(str(path))
    os.mkfifo(str(path))
    with pytest.raises(UnsafePath, match="not a regular file"):
        unpack(plain, False)


def test_a_program_that_fails_or_a_bad_result_leaves_nothing(requested, tmp_path):
    asked = requested(*BASIS)
    with pytest.raises(PlanError, match="setrepodir failed: planned"):
        unpack(asked, False, run=lambda command, timeout: Ran(3, "planned"))
    with pytest.raises(PlanError, match="baseurl must be"):
        unpack(asked, False, run=lambda command, timeout: Ran(0, ""))
    assert sorted(os.listdir(str(tmp_path))) == ["bundle.tar.gz"]


def test_the_program_cannot_hand_us_another_file_through_a_pipe(requested):
    def exchange(command, timeout):
        os.remove(command[-1] + "/momentum.repo")
        os.mkfifo(command[-1] + "/momentum.repo")
        return Ran(0, "")

    with pytest.raises(UnsafePath, match="not a regular file"):
        unpack(requested(*BASIS), False, run=exchange)


def test_a_second_run_finds_its_work_and_other_work_is_refused(requested):
    asked = requested(*BASIS)
    first = unpack(asked, False)
    again = unpack(asked, False, run=lambda command, timeout: pytest.fail("setrepodir ran"))
    assert again == first._replace(changed=False)
    with pytest.raises(PlanError, match="was not unpacked there as asked"):
        unpack(asked._replace(signatures=False), False)
    os.chmod(asked.destination, 0o777)
    with pytest.raises(PlanError, match="was not unpacked there as asked"):
        unpack(asked, False)


def test_setrepodir_gets_a_clean_environment(requested, monkeypatch):
    monkeypatch.setenv("PLANTED", "x")
    basis = list(BASIS)
    basis[2] = member(TOP + "/setrepodir", SETREPODIR + "env > environment\n", mode=0o755)
    asked = requested(*basis)
    unpack(asked, False, run=run)
    with open(os.path.join(asked.destination, TOP, "environment")) as file:
        assert "PLANTED" not in file.read()


def test_the_directory_above_must_be_this_accounts_alone(requested, tmp_path):
    asked = requested(*BASIS)
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    for directory in ("open", "none"):
        with pytest.raises(PlanError, match="only this account can write"):
            unpack(asked._replace(destination=str(tmp_path / directory / "bundle")), False)
