"""What a drop needs before it is fired, and what is said when it is not there."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from console.audio.state import Channel, Sound
from console.commerce.state import DropState, Sale
from console.core.alarms import Alarm, Rank
from console.core.links import Link, LinkState
from console.desk.arm_checks import Check, Sign, arm_checks
from console.settings.show import Cue, Shop, Show
from console.settings.show import Drop as DropItem
from scenes.outputs.state import Output, Outputs, Sample
from scenes.state import OutputState
from tests.widgets.fake_desk import FakeDesk

UP, DOWN = Link(LinkState.UP), Link(LinkState.DOWN, "It is gone.", "Start it.")
LAMP = DropItem.model_validate(
    {"id": "lamp", "title": "Lamp", "price": "19.00 EUR", "stock": 12, "scene": "Wide", "overlay": {"scene": "Table"}}
)


class Studio:
    """A desk on which a drop is armed and all is well."""

    def __init__(self) -> None:
        self.desk = FakeDesk("open")
        show = Show(name="Friday", drops=(LAMP,), cues=(Cue(name="Lamp", scene="Close", drop="lamp"),))
        self.desk.show.set(show)
        self.desk.alarms.set(())
        self.desk.sound.set(Sound(link=UP, channels=(Channel("Host", (1,)), Channel("Ana", (2,), is_muted=True))))
        self.desk.outputs.set(Outputs(stream=Output(OutputState.ON), fps=30.0))
        self.drop = replace(self.desk.sale.value.drops[0], id="lamp", state=DropState.ARMED, stock_left=12)
        self.desk.sale.set(Sale(link=UP, drops=(self.drop,)))

    def checks(self) -> dict[str, Check]:
        return {check.what: check for check in arm_checks(self.desk, self.drop)}

    def not_ready(self) -> Check:
        """The one that is not."""
        (found,) = [check for check in self.checks().values() if check.sign is Sign.NOT]
        assert found.says
        return found


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_what_is_armed_and_well_has_every_check_ready(studio: Studio) -> None:
    checks = studio.checks()
    assert list(checks) == ["SHOP", "SCENE", "CODE", "MIC", "STREAM"]
    assert {check.sign for check in checks.values()} == {Sign.READY}
    assert checks["SHOP"].says == "Price and stock are there, 12 left; a piece is the buyer's with the order (firm)."
    assert checks["SCENE"].says == "OBS has Wide, Close, Table."
    assert checks["CODE"].says == "Its place in Table is there. Wide, which the drop takes, does not show it."
    assert checks["MIC"].says == "Open: Host."


@pytest.mark.parametrize("scene", ["Table", None])
def test_a_code_in_the_scene_that_is_taken_is_said_without_more(studio: Studio, scene: str | None) -> None:
    show = studio.desk.show.value
    studio.desk.show.set(show.model_copy(update={"drops": (LAMP.model_copy(update={"scene": scene}),)}))
    assert studio.checks()["CODE"].says == "Its place in Table is there."


def test_a_code_in_a_scene_that_the_taken_one_holds_is_said_without_more(studio: Studio) -> None:
    switcher = studio.desk.switcher.value
    scenes = tuple(
        replace(scene, inputs=scene.inputs | {"Cuedrop lamp"}) if scene.name == "Wide" else scene
        for scene in switcher.scenes
    )
    studio.desk.switcher.set(replace(switcher, scenes=scenes))
    assert studio.checks()["CODE"].says == "Its place in Table is there."


def test_before_it_is_armed_the_shop_and_the_code_come_later_and_nothing_is_claimed(studio: Studio) -> None:
    for state in (DropState.DRAFT, DropState.ARMING, DropState.CLOSED):
        studio.drop = replace(studio.drop, state=state)
        checks = studio.checks()
        assert (checks["SHOP"].sign, checks["CODE"].sign) == (Sign.LATER, Sign.LATER)


def test_what_a_person_confirmed_is_never_ready_by_the_shops_word(studio: Studio) -> None:
    studio.desk.sale.set(replace(studio.desk.sale.value, kind="manual"))
    assert studio.checks()["SHOP"].sign is Sign.BY_HAND


def test_a_drop_in_doubt_is_not_ready(studio: Studio) -> None:
    studio.drop = replace(studio.drop, state=DropState.ASKING, fix="The shop is being asked.")
    assert (studio.checks()["SHOP"].sign, studio.checks()["SHOP"].fix) == (Sign.NOT, "The shop is being asked.")


def test_a_shop_that_is_gone_is_named_with_what_to_do(studio: Studio) -> None:
    studio.desk.sale.set(replace(studio.desk.sale.value, link=DOWN))
    assert studio.not_ready() == Check("SHOP", Sign.NOT, "It is gone.", "Start it.")


def test_a_scene_that_obs_does_not_have_is_named(studio: Studio) -> None:
    scenes = tuple(scene for scene in studio.desk.switcher.value.scenes if scene.name != "Close")
    studio.desk.switcher.set(replace(studio.desk.switcher.value, scenes=scenes))
    assert studio.not_ready().says == 'OBS has no scene "Close".'


def test_a_code_that_obs_refused_says_what_the_alarm_says(studio: Studio) -> None:
    alarm = Alarm("overlay.lamp", "overlay.missing", studio.desk.clock.now(), "No room.", "Show it.", Rank.LINK)
    studio.desk.alarms.set((alarm,))
    assert studio.not_ready() == Check("CODE", Sign.NOT, "No room.", "Show it.")


def test_without_obs_neither_scene_nor_code_nor_stream_are_known(studio: Studio) -> None:
    studio.desk.switcher.set(replace(studio.desk.switcher.value, link=DOWN))
    checks = studio.checks()
    assert [name for name, check in checks.items() if check.sign is Sign.NOT] == ["SCENE", "CODE", "STREAM"]


@pytest.mark.parametrize("how", [{"is_muted": True}, {"obs_input": "Mic", "mutes_obs": True, "is_muted_in_obs": True}])
def test_microphones_that_are_all_muted_are_told(studio: Studio, how: dict[str, object]) -> None:
    muted = Channel("Host", (1,), **how)  # type: ignore[arg-type]
    studio.desk.sound.set(Sound(link=UP, channels=(muted,)))
    assert studio.not_ready().what == "MIC"


def test_the_directors_own_microphone_is_nobody_on_air(studio: Studio) -> None:
    audio = studio.desk.show.value.audio.model_copy(update={"talkback": "Director"})
    studio.desk.show.set(studio.desk.show.value.model_copy(update={"audio": audio}))
    studio.desk.sound.set(Sound(link=UP, channels=(Channel("Director", (1,)), Channel("Host", (2,), is_muted=True))))
    assert studio.not_ready().what == "MIC"


@pytest.mark.parametrize(
    ("stream", "history", "words"),
    [
        (Output(OutputState.OFF), (), "off"),
        (Output(OutputState.RECONNECTING), (), "reconnect"),
        (Output(OutputState.ON), tuple(Sample(at, skipped=2) for at in range(30)), "20 pictures of the last 10 s"),
    ],
)
def test_a_stream_that_viewers_do_not_get_is_told(
    studio: Studio, stream: Output, history: tuple[Sample, ...], words: str
) -> None:
    studio.desk.outputs.set(Outputs(stream=stream, fps=30.0, history=history))
    found = studio.not_ready()
    assert found.what == "STREAM"
    assert words in found.says
    assert found.fix


def test_what_a_show_does_not_have_is_not_asked_for(studio: Studio) -> None:
    bare = LAMP.model_copy(update={"scene": None, "overlay": None})
    studio.desk.show.set(Show(name="Friday", drops=(bare,)))
    studio.desk.sound.set(Sound(link=UP))
    assert list(studio.checks()) == ["SHOP", "STREAM"]


def test_a_code_that_a_platform_may_punish_is_off_and_says_why_and_how_to_show_it(studio: Studio) -> None:
    show = studio.desk.show.value
    for shop, sign in (
        ({"kind": "manual"}, Sign.OFF),
        ({"kind": "embedded", "shows_code": False}, Sign.OFF),
        ({"kind": "manual", "shows_code": True, "public_url": "https://shop.example"}, Sign.READY),
    ):
        studio.desk.show.set(show.model_copy(update={"shop": Shop.model_validate(shop)}))
        assert studio.checks()["CODE"].sign is sign
    with pytest.raises(ValidationError, match="public_url"):
        Shop.model_validate({"kind": "manual", "shows_code": True})
