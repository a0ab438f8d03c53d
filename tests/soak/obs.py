"""A real OBS killed, stopped or frozen and started again, over and over: the console then shows its full true state."""

import random
import tempfile
from pathlib import Path
from typing import Any

from tests.rigs.console import ConsoleProcess
from tests.rigs.obs import SCENES, BareObs, RealObs
from tests.soak.campaign import Effort, Held, Result, growth

BACK_WITHIN_S = 40.0
TAKEN = ("Wide", "Close", "Table", "Safe")
SHOW = """
format = 1
name = "Soak of OBS"
[obs]
url = "{url}"
safe_scene = "Safe"
[shop]
kind = "manual"
"""


def run(effort: Effort, result: Result) -> None:
    """Each turn ends OBS in one way or another, starts it, changes it from outside, compares all, and takes once."""
    chance = random.Random(effort.seed)
    looks: list[Held] = []
    with RealObs() as obs, tempfile.TemporaryDirectory() as folder:
        obs.stop()  # so that it keeps its scenes
        obs.start()
        path = Path(folder) / "soak.toml"
        path.write_text(SHOW.format(url=obs.url))
        environment = {"CUEDROP_SECRET_OBS": obs.password}
        with ConsoleProcess(Path(folder) / "data", str(path), "--headless", environment=environment) as console:
            console.until_state(lambda state: state["obs"]["program"], within_s=BACK_WITHIN_S)
            for turn in effort.turns(30):
                try:
                    _turn(console, obs, chance, result)
                except AssertionError as error:
                    result.losses.append(f"turn {turn}: {str(error)[:1500]}")
                    break
                looks.append(Held.by(console.process.pid))
            result.losses += growth(looks)


def _turn(console: ConsoleProcess, obs: RealObs, chance: random.Random, result: Result) -> None:
    way = chance.choice(["killed", "killed", "stopped", "frozen"])
    result.counts[way] += 1
    if way == "frozen":
        obs.freeze()
    elif way == "stopped":
        obs.stop()
    else:
        obs.kill()
    state = console.until_state(lambda state: state["obs"]["link"] != "up")
    assert state["obs"]["program"] is None, "a scene was shown as proved without OBS"
    assert console.do("scene.cut", scene="Close")["outcome"] == "refused", "a take was not refused without OBS"
    if way == "frozen":
        obs.thaw()
        obs.wait_ready()
    else:
        obs.start()
    with obs.client(subscriptions=0) as bare:
        studio_mode, on_air = chance.random() < 0.5, chance.choice(SCENES)
        bare.call("SetStudioModeEnabled", studioModeEnabled=studio_mode)
        bare.call("SetCurrentSceneTransition", transitionName="Cut")
        bare.call("SetCurrentProgramScene", sceneName=on_air)
        console.until_state(lambda state: differences(state["obs"], bare) == [], within_s=BACK_WITHIN_S)
        scene = chance.choice([each for each in TAKEN if each != on_air])
        outcome = console.do("scene.cut", scene=scene)
        assert outcome["outcome"] == "done", f"a cut to {scene} after OBS was {way}: {outcome}"
        found = bare.call("GetCurrentProgramScene")["currentProgramSceneName"]
        assert found == scene, f"{found} is on air, not {scene}"
    result.counts["takes proved"] += 1


def differences(shown: dict[str, Any], bare: BareObs) -> list[str]:
    """In what the console's state is not that of OBS; what it can't prove may be claimed only."""
    listed = bare.call("GetSceneList")
    studio_mode = bare.call("GetStudioModeEnabled")["studioModeEnabled"]
    truth = {
        "link": "up",
        "claimed": listed["currentProgramSceneName"],
        "preview": listed["currentPreviewSceneName"] if studio_mode else None,
        "studio_mode": studio_mode,
        "transition": bare.call("GetCurrentSceneTransition")["transitionName"],
        "in_transition": False,
    }
    found = [f"{name} is {shown[name]}, not {value}" for name, value in truth.items() if shown[name] != value]
    if set(shown["scenes"]) != {scene["sceneName"] for scene in listed["scenes"]}:
        found.append(f"scenes are {shown['scenes']}")
    if shown["program"] not in (None, truth["claimed"]):
        found.append(f"program is {shown['program']}")
    return found
