"""The door of the host's page: off until it is opened, tokens that end with it, and what each role may do."""

import json

import pytest

from console.commerce.state import DropState
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.catalogue import ACTIONS
from console.desk.host_door import GONE_S
from console.desk.roles import Role
from console.settings.secrets import HIDDEN, redact
from tests.desk.parts import Stage

AT = "http://192.0.2.20:8712"


class Served:
    """What stands behind the door, without a socket."""

    def __init__(self, stage: Stage, address: str = AT) -> None:
        self.closings = 0
        stage.desk.host_door.reach(address)

    async def close(self) -> None:
        self.closings += 1


@pytest.fixture
def stage() -> Stage:
    stage = Stage()

    async def serve() -> Served:
        return Served(stage)

    stage.desk.host_door.serve = serve
    return stage


async def run(stage: Stage, action_id: str, **arguments: object) -> Outcome:
    return await stage.desk.run(action_id, Origin.KEY, **arguments)


def tokens(stage: Stage) -> dict[Role, str]:
    return {each.role: each.url.partition("#")[2] for each in stage.desk.host.value.pairings}


def test_each_role_has_one_list_and_every_action_on_it_takes_drop_and_run() -> None:
    assert [action.id for action in ACTIONS.of_role(Role.HOST)] == ["drop.fire"]
    assert [action.id for action in ACTIONS.of_role(Role.MODERATOR)] == ["drop.sold_out"]
    for role in Role:
        for action in ACTIONS.of_role(role):
            action.parse({"drop": "cap-01", "run": 1})


async def test_it_is_off_until_it_is_opened_and_each_role_has_a_token_of_its_own(stage: Stage) -> None:
    door = stage.desk.host_door
    assert not stage.desk.host.value.is_on
    assert door.role_of("") is None
    assert (await run(stage, "host.open")).is_done
    given = tokens(stage)
    assert stage.desk.host.value.pairing(Role.HOST).url == f"{AT}/#{given[Role.HOST]}"
    assert {door.role_of(token): token for token in given.values()} == given
    assert len(min(given.values(), key=len)) >= 32
    assert door.role_of(given[Role.HOST][:-1]) is None
    assert (await run(stage, "host.open")).result is Result.REFUSED


async def test_taking_it_back_voids_every_token_for_good(stage: Stage) -> None:
    await run(stage, "host.open")
    before = tokens(stage)
    stage.desk.host_door.heard(Role.HOST, "phone")
    await run(stage, "host.close")
    assert not stage.desk.host.value.is_on
    assert stage.desk.host.value.pairings == ()
    assert all(stage.desk.host_door.role_of(token) is None for token in before.values())
    await run(stage, "host.open")
    assert not set(before.values()) & set(tokens(stage).values())
    assert all(stage.desk.host_door.role_of(token) is None for token in before.values())
    assert stage.desk.host.value.pairing(Role.HOST).connected == 0


async def test_it_can_be_taken_back_on_a_locked_desk(stage: Stage) -> None:
    await run(stage, "host.open")
    await run(stage, "lock.set", on=True)
    assert (await run(stage, "host.close")).is_done


async def test_no_token_stands_in_the_journal_and_none_in_a_log(stage: Stage) -> None:
    await run(stage, "host.open")
    stage.desk.host_door.heard(Role.HOST, "phone")
    given = tokens(stage)
    await run(stage, "host.close")
    written = json.dumps([[kind, fields] for kind, _, fields in stage.journal.entries])
    assert not any(token in written for token in given.values())
    assert not any(token in repr(stage.desk.host.value) for token in given.values())
    assert redact(f"GET /#{given[Role.HOST]}") == f"GET /#{HIDDEN}"
    assert [kind for kind, _, _ in stage.journal.entries if kind.startswith("host.")] == [
        "host.opened",
        "host.paired",
        "host.closed",
    ]


async def test_a_port_that_is_taken_leaves_it_off(stage: Stage) -> None:
    async def refuse() -> Served:
        raise UserError("The host's page cannot listen on 0.0.0.0:8712.", fix="Close the program that uses it.")

    stage.desk.host_door.serve = refuse
    outcome = await run(stage, "host.open")
    assert (outcome.result, outcome.fix) == (Result.FAILED, "Close the program that uses it.")
    assert not stage.desk.host.value.is_on
    assert (await run(stage, "host.close")).result is Result.REFUSED


async def test_without_a_network_it_says_so_and_heals_when_there_is_one(stage: Stage) -> None:
    async def serve() -> Served:
        return Served(stage, "")

    stage.desk.host_door.serve = serve
    assert "no network" in (await run(stage, "host.open")).why
    page = stage.desk.host.value
    assert (page.is_on, page.link.is_up, page.pairing(Role.HOST).url) == (True, False, "")
    stage.desk.host_door.reach(AT)
    page = stage.desk.host.value
    assert page.link.is_up
    assert page.pairing(Role.HOST).url.startswith(AT)


async def test_who_is_there_is_counted_until_it_is_silent(stage: Stage) -> None:
    door, host = stage.desk.host_door, stage.desk.host
    await run(stage, "host.open")
    for page in ("phone", "tablet", "phone"):
        door.heard(Role.HOST, page)
    door.heard(Role.MODERATOR, "other")
    assert (host.value.pairing(Role.HOST).connected, host.value.pairing(Role.MODERATOR).connected) == (2, 1)
    stage.clock.step(GONE_S - 1)
    door.heard(Role.HOST, "phone")
    stage.clock.step(2)
    door.sweep()
    assert (host.value.pairing(Role.HOST).connected, host.value.pairing(Role.MODERATOR).connected) == (1, 0)
    assert stage.journal.of("host.unpaired") == [{"role": "host"}, {"role": "moderator"}]


async def test_a_message_is_one_line_that_stays_until_it_is_taken_away(stage: Stage) -> None:
    await run(stage, "host.message", text="  One minute.\n Show the seam. ")
    assert stage.desk.host.value.message == "One minute. Show the seam."
    await run(stage, "host.open")
    await run(stage, "host.close")
    assert stage.desk.host.value.message == "One minute. Show the seam."
    assert (await run(stage, "host.message", text="x" * 121)).result is Result.REFUSED
    await run(stage, "host.message", text="")
    assert stage.desk.host.value.message == ""


@pytest.mark.parametrize("action_id", ["drop.fire", "drop.sold_out"])
async def test_a_press_for_another_run_is_refused(stage: Stage, action_id: str) -> None:
    """It was on its way while the director sold it again."""
    stage.sell(state=DropState.ARMED if action_id == "drop.fire" else DropState.OPEN, run=2)
    outcome = await stage.desk.run(action_id, Origin.HOST, drop="cap-01", run=1)
    assert (outcome.result, outcome.why) == (Result.REFUSED, "That was for run 1 of Linen cap, which is in run 2.")
    assert not stage.called("fire")
    assert not stage.called("change")
    assert (await stage.desk.run(action_id, Origin.HOST, drop="cap-01", run=2)).is_done


def keyed(stage: Stage, key: str | None = "whsec_abc") -> None:
    async def give() -> str | None:
        return key

    stage.desk.host_door.key = give


def last_opening(stage: Stage) -> str:
    return str(stage.journal.of("host.opened")[-1]["opening"])


async def test_after_a_crash_the_same_phones_come_in_and_after_it_was_taken_back_none(stage: Stage) -> None:
    keyed(stage)
    await run(stage, "host.open")
    given, opening = tokens(stage), last_opening(stage)
    await run(stage, "host.close")
    await run(stage, "host.open")
    assert not set(given.values()) & set(tokens(stage).values())
    await run(stage, "host.close")
    await stage.desk.host_door.open_again(opening)
    assert tokens(stage) == given
    await stage.desk.host_door.open_again("another")
    assert tokens(stage) == given, "it is on already"


async def test_another_key_makes_other_tokens_and_none_opens_nothing_again(stage: Stage) -> None:
    keyed(stage)
    await run(stage, "host.open")
    given, opening = tokens(stage), last_opening(stage)
    await run(stage, "host.close")
    keyed(stage, None)
    await stage.desk.host_door.open_again(opening)
    assert not stage.desk.host.value.is_on
    keyed(stage, "whsec_def")
    await stage.desk.host_door.open_again(opening)
    assert not set(given.values()) & set(tokens(stage).values())


async def test_where_there_is_no_key_or_a_locked_keyring_the_page_opens_all_the_same(stage: Stage) -> None:
    async def locked() -> str | None:
        raise UserError("The keyring is locked.", fix="Unlock it.")

    stage.desk.host_door.key = locked
    assert (await run(stage, "host.open")).is_done
    assert len(tokens(stage)[Role.HOST]) == 32
    assert last_opening(stage) == ""
