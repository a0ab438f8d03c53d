"""The rig's scene Titles, by the independent client: on air, looked at, and put back as it was."""

from typing import Any, Final

from tests.scenes.any_obs import AnyObs

TITLES: Final = {"sceneName": "Titles"}
ORDER: Final = ["Corner", "Title", "Logo", "Clip"]


async def items(obs: AnyObs, scene: str = "Titles") -> list[dict[str, Any]]:
    """The items of a scene as OBS lists them."""
    found: list[dict[str, Any]] = (await obs.call("GetSceneItemList", sceneName=scene))["sceneItems"]
    return found


async def item_id(obs: AnyObs, source: str, scene: str = "Titles") -> int:
    """The item of a source."""
    return next(int(item["sceneItemId"]) for item in await items(obs, scene) if item["sourceName"] == source)


async def take_titles(obs: AnyObs) -> None:
    """Put Titles on air."""
    await obs.call("SetCurrentProgramScene", **TITLES)
    await until_on_air(obs, "Title")
    obs.witness.events.clear()


async def restore_titles(obs: AnyObs) -> None:
    """Its sources as the rig made them."""
    for index, name in enumerate(ORDER):
        where = {**TITLES, "sceneItemId": await item_id(obs, name)}
        await obs.call("SetSceneItemEnabled", **where, sceneItemEnabled=True)
        await obs.call("SetSceneItemLocked", **where, sceneItemLocked=False)
        await obs.call("SetSceneItemIndex", **where, sceneItemIndex=index)
    text = {"text": "Good evening", "font": {"face": "Sans Serif", "size": 32}}
    await obs.call("SetInputSettings", inputName="Title", inputSettings=text, overlay=False)
    await obs.call("SetInputSettings", inputName="Logo", inputSettings={"file": str(obs.media.logo)}, overlay=False)
    await obs.call(
        "SetInputSettings", inputName="Clip", inputSettings={"local_file": str(obs.media.clip)}, overlay=False
    )
    await obs.call("SetSourceFilterEnabled", sourceName="Title", filterName="Tint", filterEnabled=True)


async def until_on_air(obs: AnyObs, source: str, is_so: bool = True) -> None:
    """Return when a source is on air, or is not."""

    async def now() -> bool:
        return await obs.is_on_air(source) is is_so

    await obs.until(now, what=f"{source} {'on' if is_so else 'off'} air")
