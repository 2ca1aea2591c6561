# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Safety checks judge what the daemon would start with."""

import pytest
from stanza_samples import CLUSTER, GOOD, STANDALONE, host

from plugins.module_utils.security.safety_checks import SAFETY_CHECKS, violations

TRAPPED = [
    ("root_user", {"user": "root", "capabilities": "", "privileges": ""}, {}),
    ("root_user", {"user": "0", "capabilities": "", "privileges": ""}, {}),
    ("root_group", {"group": "root"}, {}),
    ("root_group", {"supplemental_groups": ["ecuser", "0"]}, {}),
    ("powerful_group", {"supplemental_groups": ["ecuser", "wheel"]}, {}),
    ("powerful_group", {"supplemental_groups": ["10"]}, {}),
    ("powerful_group", {"group": "wheel"}, {}),
    ("missing_identity", {"user": "1234"}, {}),
    ("missing_identity", {"group": "nobody-here"}, {}),
    ("missing_identity", {"supplemental_groups": ["4321"]}, {}),
    ("unknown_names", {"capabilities": "cap_net_bind_servce+ep"}, {}),
    ("unknown_names", {"capabilities": "cap_net_raw+ep,cap_net_admin+ep"}, {}),
    ("unknown_names", {"privileges": "basic net_everything"}, {}),
    ("effective_beyond_permitted", {"capabilities": "cap_net_raw+e"}, {}),
    ("root_equivalent", {"capabilities": "cap_sys_admin,cap_net_raw+ep"}, {}),
    ("beyond_bounding_set", {"capabilities": CLUSTER}, {"ceiling": frozenset([10, 12, 13])}),
    ("missing_chroot", {"chroot": "/nowhere"}, {}),
    ("unsafe_chroot", {"chroot": "/jail"}, {"chroot": ["/jail/su gives rights; remove it"]}),
    ("privileges_without_basic", {"privileges": "net_privaddr"}, {}),
    ("beyond_zone", {"privileges": "basic net_rawaccess"}, {"global_zone": False}),
    ("beyond_zone", {"privileges": "basic sys_net_config"}, {"global_zone": False}),
]


@pytest.mark.parametrize("name, changes, limits", TRAPPED)
def test_a_failed_safety_check_is_refused_by_name_and_only_that_name_allows_it(name, changes, limits):
    stanza = GOOD._replace(**changes)
    (found,) = violations(stanza, host(**limits), [])
    assert "allow: [%s]" % name in found
    assert violations(stanza, host(**limits), [name]) == []


def test_root_with_capabilities_has_a_safety_check_of_its_own():
    found = violations(GOOD._replace(user="root"), host(), ["root_user"])
    assert len(found) == 1 and "root_with_capabilities" in found[0]


def test_every_safety_check_has_a_case():
    assert {check.name for check in SAFETY_CHECKS} == {name for name, _changes, _limits in TRAPPED} | {
        "root_with_capabilities"
    }


@pytest.mark.parametrize("text", [STANDALONE, CLUSTER])
def test_the_documented_strings_pass_the_safety_checks_where_the_kernel_can_give_them(text):
    assert violations(GOOD._replace(capabilities=text), host(), []) == []


def test_an_unknown_bounding_set_is_not_held_against_anybody():
    assert violations(GOOD._replace(capabilities=CLUSTER), host(ceiling=None), []) == []


def test_a_chroot_that_is_there_is_fine():
    assert violations(GOOD._replace(chroot="/jail"), host(), []) == []


def test_a_powerful_group_is_named_with_what_it_gives():
    (found,) = violations(GOOD._replace(supplemental_groups=["wheel"]), host(), [])
    assert "group 'wheel'" in found and "sudo" in found
    words = violations(GOOD._replace(supplemental_groups=["docker", "systemd-journal"]), host(), ["missing_identity"])
    assert len(words) == 1 and "docker" in words[0] and "systemd-journal" in words[0], "an account that comes later"
