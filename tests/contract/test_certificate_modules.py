# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules for certificates promise beyond the cases: an authority without a state directory of its own keeps its journal
beside the key and looks for it there first; and check mode names the accounts that a run needs."""

from module_nodes import Node

CASE = {
    "arguments": {
        "name": "Example Mail CA",
        "key": "{root}/ca/mail.key",
        "certificate": "{root}/ca/mail.pem",
        "permitted": ["example.com"],
        "state_dir": None,
    }
}


def test_what_an_earlier_run_left_beside_the_key_is_noticed_before_anything_is_read(tmp_path):
    tmp_path.chmod(0o755)
    state = tmp_path / "ca" / ".msys-momentum"
    state.mkdir(parents=True, mode=0o700)
    (state / "journal.swapping").write_text("{")
    for check in (True, False):
        result = Node(tmp_path, CASE).run("certificate_authority", check).result
        assert "journal" in str(result.get("warnings", "")) + str(result.get("msg", "")), result


def test_check_mode_names_accounts_that_a_run_would_be_refused_for(tmp_path):
    tmp_path.chmod(0o755)
    unit = {
        "name": "smtp",
        "key": "{root}/c/k",
        "certificate": "{root}/c/c",
        "owner": "no-such-user",
        "group": "no-such",
    }
    node = Node(tmp_path, {"arguments": {"units": [unit]}})
    warnings = str(node.run("certificate", check=True).result["warnings"])
    assert (
        "certificate smtp: there is no user" in warnings
        and "no-such-user" in warnings
        and "there is no group" in warnings
    )
    assert "there is no user 'no-such-user'" in node.run("certificate").result["msg"]
