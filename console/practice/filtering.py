"""Filters of the practice OBS's sources, and the order of items. Pure: no clock, no I/O."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from console.practice.sources import Sources
from console.practice.values import FILTER_KINDS, Filter, Intent
from console.practice.versions import SETTINGS_EVENTS
from console.practice.wire import Refused, Status

Change = Callable[[Filter], Filter]


class Filtering(Sources):
    """All sources, and what lies on them."""

    def __init__(self) -> None:
        super().__init__()
        self._filters: dict[str, tuple[Filter, ...]] = {}

    def filters(self, source: str) -> tuple[Filter, ...]:
        """The filters of a source or scene, in order. Refused with 600 when there is none of that name."""
        if source not in self.inputs and source not in self.scenes:
            raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{source}`.")
        return self._filters.get(source, ())

    def filter(self, source: str, name: str) -> Filter:
        """One filter. Refused with 600 when the source has none of that name."""
        for found in self.filters(source):
            if found.name == name:
                return found
        raise Refused(Status.NOT_FOUND, f"No filter was found in the source `{source}` with the name `{name}`.")

    def add_filter(self, source: str, name: str, kind: str, settings: dict[str, Any]) -> None:
        """A new filter, last. Refused with 601 (name taken) or 607 (kind unknown)."""
        there = self.filters(source)
        if any(found.name == name for found in there):
            raise Refused(Status.EXISTS, "A filter already exists by that name.")
        if kind not in FILTER_KINDS:
            words = "Your specified filter kind is not supported by OBS. Check that any necessary plugins are loaded."
            raise Refused(Status.WRONG_FILTER_KIND, words)
        self._filters[source] = (*there, Filter(name, kind, dict(settings)))
        self.tell(
            "SourceFilterCreated",
            Intent.FILTERS,
            sourceName=source,
            filterName=name,
            filterKind=kind,
            filterIndex=len(there),
            filterSettings=dict(settings),
            defaultFilterSettings=FILTER_KINDS[kind],
        )

    def remove_filter(self, source: str, name: str) -> None:
        """Take a filter away."""
        gone = self.filter(source, name)
        self._filters[source] = tuple(other for other in self.filters(source) if other is not gone)
        self.tell("SourceFilterRemoved", Intent.FILTERS, sourceName=source, filterName=name)

    def rename_filter(self, source: str, old: str, new: str) -> None:
        """Give a filter another name. Refused with 601 when it is taken."""
        self.filter(source, old)
        if any(found.name == new for found in self.filters(source)):
            raise Refused(Status.EXISTS, "A filter already exists by that new name.")
        self._change_filter(source, old, lambda found: replace(found, name=new))
        names = {"oldFilterName": old, "filterName": new}
        self.tell("SourceFilterNameChanged", Intent.FILTERS, sourceName=source, **names)

    def set_filter_enabled(self, source: str, name: str, is_enabled: bool) -> None:
        """Switch a filter on or off; told even when it changes nothing, as OBS does."""
        self._change_filter(source, name, lambda found: replace(found, is_enabled=is_enabled))
        data = {"sourceName": source, "filterName": name, "filterEnabled": is_enabled}
        self.tell("SourceFilterEnableStateChanged", Intent.FILTERS, **data)

    def set_filter_settings(self, source: str, name: str, settings: dict[str, Any], *, is_overlay: bool) -> None:
        """Change a filter's settings; without overlay the old ones go."""

        def change(found: Filter) -> Filter:
            return replace(found, settings={**found.settings, **settings} if is_overlay else dict(settings))

        self._change_filter(source, name, change)
        if self.version >= SETTINGS_EVENTS:
            data = {"sourceName": source, "filterName": name, "filterSettings": self.filter(source, name).settings}
            self.tell("SourceFilterSettingsChanged", Intent.FILTERS, **data)

    def move_filter(self, source: str, name: str, index: int) -> None:
        """Put a filter at another place; past the end is the end, as in OBS."""
        moved = self.filter(source, name)
        others = [other for other in self.filters(source) if other is not moved]
        others.insert(index, moved)
        self._filters[source] = tuple(others)
        data = [filter_data(found, place) for place, found in enumerate(others)]
        self.tell("SourceFilterListReindexed", Intent.FILTERS, sourceName=source, filters=data)

    def _change_filter(self, source: str, name: str, change: Change) -> None:
        old = self.filter(source, name)
        self._filters[source] = tuple(change(found) if found is old else found for found in self.filters(source))

    def set_locked(self, scene: str, id: int, is_locked: bool) -> None:
        """Lock or unlock an item; told only when it changes, as in OBS."""
        item = self.item(scene, id)
        if item.is_locked != is_locked:
            self.put_item(scene, replace(item, is_locked=is_locked))
            data = {"sceneName": scene, "sceneItemId": id, "sceneItemLocked": is_locked}
            self.tell("SceneItemLockStateChanged", Intent.SCENE_ITEMS, **data)

    def move_item(self, scene: str, id: int, index: int) -> None:
        """Put an item at another place, counted from the bottom.

        Refused with 402 past the end: OBS 29.0.2 ends with a crash there.
        """
        moved = self.item(scene, id)
        others = [other for other in self.scenes[scene].items if other.id != id]
        if index > len(others):
            raise Refused(
                Status.OUT_OF_RANGE, f"The field value of `sceneItemIndex` is above the maximum of `{len(others)}`"
            )
        others.insert(index, moved)
        self.scenes[scene].items = tuple(others)
        rows = [{"sceneItemId": item.id, "sceneItemIndex": place} for place, item in enumerate(others)]
        self.tell("SceneItemListReindexed", Intent.SCENE_ITEMS, sceneName=scene, sceneItems=rows)

    def _source_left(self, name: str) -> None:
        super()._source_left(name)
        self._filters.pop(name, None)

    def _source_renamed(self, old: str, new: str) -> None:
        super()._source_renamed(old, new)
        if old in self._filters:
            self._filters[new] = self._filters.pop(old)


def filter_data(found: Filter, index: int) -> dict[str, Any]:
    """A filter as on the wire."""
    return {
        "filterName": found.name,
        "filterKind": found.kind,
        "filterIndex": index,
        "filterEnabled": found.is_enabled,
        "filterSettings": dict(found.settings),
    }
