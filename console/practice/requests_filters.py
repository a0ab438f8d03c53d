"""Answers about filters. Pure."""

from console.practice.filtering import filter_data
from console.practice.model import Studio
from console.practice.registry import Data, answers
from console.practice.values import FILTER_KINDS
from console.practice.wire import Fields, Refused, Status


def _names(studio: Studio, fields: Fields) -> tuple[str, str]:
    source = fields.text("sourceName")
    studio.filters(source)
    return source, fields.text("filterName")


@answers
def get_source_filter_list(studio: Studio, fields: Fields) -> Data:
    """The filters of a source or scene, in order."""
    found = studio.filters(fields.text("sourceName"))
    return {"filters": [filter_data(one, index) for index, one in enumerate(found)]}


@answers
def get_source_filter(studio: Studio, fields: Fields) -> Data:
    """One filter."""
    source, name = _names(studio, fields)
    found = studio.filter(source, name)
    data = filter_data(found, studio.filters(source).index(found))
    del data["filterName"]
    return data


@answers
def get_source_filter_default_settings(studio: Studio, fields: Fields) -> Data:
    """What a kind of filter starts with."""
    kind = fields.text("filterKind")
    if kind not in FILTER_KINDS:
        raise Refused(Status.WRONG_FILTER_KIND)
    return {"defaultFilterSettings": FILTER_KINDS[kind]}


@answers
def create_source_filter(studio: Studio, fields: Fields) -> None:
    """A new filter."""
    source, name = _names(studio, fields)
    settings = fields.table("filterSettings", or_empty=True) if fields.has("filterSettings") else {}
    studio.add_filter(source, name, fields.text("filterKind"), settings)


@answers
def remove_source_filter(studio: Studio, fields: Fields) -> None:
    """A filter less."""
    studio.remove_filter(*_names(studio, fields))


@answers
def set_source_filter_name(studio: Studio, fields: Fields) -> None:
    """Rename a filter."""
    studio.rename_filter(*_names(studio, fields), fields.text("newFilterName"))


@answers
def set_source_filter_enabled(studio: Studio, fields: Fields) -> None:
    """A filter on or off."""
    source, name = _names(studio, fields)
    studio.filter(source, name)
    studio.set_filter_enabled(source, name, fields.flag("filterEnabled"))


@answers
def set_source_filter_settings(studio: Studio, fields: Fields) -> None:
    """Change a filter's settings."""
    source, name = _names(studio, fields)
    settings = fields.table("filterSettings", or_empty=True)
    is_overlay = fields.flag("overlay") if fields.has("overlay") else True
    studio.set_filter_settings(source, name, settings, is_overlay=is_overlay)


@answers
def set_source_filter_index(studio: Studio, fields: Fields) -> None:
    """Put a filter at another place."""
    source, name = _names(studio, fields)
    studio.move_filter(source, name, int(fields.number("filterIndex", 0, 8192)))
