# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The `environment` file can have the daemon read another configuration than the documented one. A task that names none must not look at, or change,
one that nobody reads."""

import pytest

MAIN = "momentum/etc/conf/default/ecelerity.conf"
OTHER = "momentum/etc/conf/default/other.conf"
TEXT = "Maximum_Retries = 5\n"
PATHS = ["{root}/momentum/etc/conf/%s" % name for name in ("global", "node1", "default")]
SETTING = {"option": "Maximum_Retries", "value": 6}
ARGUMENTS = {
    "config": {"settings": [SETTING], "validate": "never"},
    "node": {"config": {"settings": [SETTING]}, "validate": "never"},
    "config_info": {},
    "config_lint": {"version": "4.7.7"},
}
ELSEWHERE = {
    "main": ("CONFFILE='{root}/%s'\nexport CONFFILE\n" % OTHER, "{root}/" + OTHER),
    "search_path": ("export EC_CONF_SEARCH_PATH={root}/site:%s\n" % PATHS[2], ["{root}/site", PATHS[2]]),
}


@pytest.mark.parametrize("option", list(ELSEWHERE))
@pytest.mark.parametrize("module", list(ARGUMENTS))
def test_another_configuration_than_the_task_takes_for_granted_is_refused_until_it_is_named(module, option, node_of):
    text, right = ELSEWHERE[option]
    node = node_of({"files": {MAIN: TEXT, OTHER: TEXT}, "arguments": dict(ARGUMENTS[module])})
    node.write("momentum/etc/environment", node.fill(text))
    for check in (True, False):
        result = node.run(module, check=check).result
        assert result.get("failed") and "etc/environment: " in result["msg"], result
        assert "set %s to what is right" % option in result["msg"]
    node.case["arguments"][option] = right
    result = node.run(module).result
    assert not result.get("failed"), result["msg"]
    changed = "= 6" in (node.root / (OTHER if option == "main" else MAIN)).read_text()
    assert changed is (module in ("config", "node"))


@pytest.mark.parametrize(
    "text",
    [
        "CONFFILE={root}/momentum/etc/conf/default/../default/ecelerity.conf\n",
        "export EC_CONF_SEARCH_PATH='%s'\n" % ":".join(PATHS),
        "CONFFILE=$HOME/x.conf\n# CONFFILE=/other\nOTHER=1\n",
    ],
)
def test_the_documented_one_in_other_words_is_taken_and_what_only_a_shell_could_tell(text, node_of):
    node = node_of({"files": {MAIN: TEXT}, "arguments": dict(ARGUMENTS["config"], nodename="node1")})
    node.write("momentum/etc/environment", node.fill(text))
    result = node.run("config").result
    assert not result.get("failed"), result["msg"]
