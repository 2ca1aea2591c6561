# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task for several parts of a node and its daemon."""

from typing import Any, Dict

import node
import plays

NODE, RESTORE = "msys.momentum.node", "msys.momentum.restore"
NET_BIND_SERVICE, NET_RAW = 1 << 10, 1 << 13
RAW = "cap_net_bind_service,cap_net_raw+ep"
PARAMETERS = node.PREFIX + "/etc/conf/default/whole.pem"


def parts(**more: Any) -> Dict[str, Any]:
    """Three parts that write, and the daemon."""
    settings = [{"option": "Max_Retries", "value": 23}]
    return dict(config={"settings": settings}, dhparams={"path": PARAMETERS}, service={}, **more)


def test_several_parts_are_foretold_written_in_one_transaction_and_activated_once(host: Any) -> None:
    before, starts = node.checksums(host), node.starts(host)
    foretold = plays.task(NODE, check=True, security={"capabilities": RAW}, **parts())
    assert foretold.code == 0 and (node.checksums(host), node.starts(host)) == (before, starts)
    done = plays.task(NODE, security={"capabilities": RAW}, **parts()).of(NODE).result
    assert done["changed_parts"] == ["config", "dhparams", "security", "service"], done
    assert foretold.of(NODE).result["changed_parts"] == done["changed_parts"]
    assert done["parts"]["service"]["action"] == foretold.of(NODE).result["parts"]["service"]["action"] == "restart"
    assert node.starts(host) == starts + 1 and node.capabilities(host) == NET_BIND_SERVICE | NET_RAW
    assert "23" in host.check_output(node.CONSOLE + "config eval Max_Retries") and host.file(PARAMETERS).exists

    again = plays.task(NODE, security={"capabilities": RAW}, **parts())
    assert (again.code, again.changed(), node.starts(host)) == (0, [], starts + 1)

    assert plays.task(RESTORE, transactions=[done["transaction"]]).code == 0
    assert node.checksums(host) == before and not host.file(PARAMETERS).exists
    assert plays.task("msys.momentum.service", activation="restart").code == 0
    assert node.capabilities(host) == NET_BIND_SERVICE


def test_everything_is_put_back_where_the_daemon_cannot_live_with_one_part(host: Any) -> None:
    before = node.checksums(host)
    beyond = {"capabilities": "cap_net_bind_service,cap_sys_resource+ep", "allow": ["beyond_bounding_set"]}
    requested = parts(security=beyond)
    requested["service"] = {"health": {"timeout": 10}}
    run = plays.task(NODE, **requested)
    assert run.code != 0 and "its files are as they were" in str(plays.message(run))
    assert run.failed()[0].result["parts"]["service"]["action"] == "restart"
    assert node.checksums(host) == before and not host.file(PARAMETERS).exists
    assert node.is_serving(host) and node.capabilities(host) == NET_BIND_SERVICE


def test_a_part_that_is_refused_stops_all_and_the_others_can_go_on_alone(host: Any) -> None:
    before = node.pid(host), node.checksums(host)
    refused = plays.task(NODE, security={"user": "root"}, **parts())
    assert refused.code != 0 and refused.failed()[0].result["passing"] == ["config", "dhparams", "service"]
    assert (node.pid(host), node.checksums(host)) == before
    alone = plays.task(NODE, security={"user": "root"}, only=["config", "service"], **parts()).of(NODE).result
    assert alone["parts"]["service"]["action"] == "reload" and node.pid(host) == before[0]
    assert plays.task(RESTORE, transactions=[alone["transaction"]]).code == 0
    assert plays.task("msys.momentum.service", activation="reload").code == 0
    assert node.checksums(host) == before[1]
