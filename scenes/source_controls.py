"""The sources of a scene: what is shown of them, and what can be changed. Loop thread only."""

from console.core.observable import Observable
from scenes.asking import Asking
from scenes.source_state import SceneSources


class SourceControls(Asking):
    """Visibility, lock, filters, contents and media of the sources of one scene at a time."""

    sources: Observable[SceneSources]
