"""Answers about profiles and scene collections. Pure."""

from console.practice.model import Studio
from console.practice.registry import Data, answers
from console.practice.wire import Fields


@answers
def get_profile_list(studio: Studio, _: Fields) -> Data:
    """The one profile there is."""
    return {"currentProfileName": "Practice", "profiles": ["Practice"]}


@answers
def get_scene_collection_list(studio: Studio, _: Fields) -> Data:
    """All scene collections."""
    return {"currentSceneCollectionName": studio.collection, "sceneCollections": studio.collections}


@answers
def set_current_scene_collection(studio: Studio, fields: Fields) -> None:
    """Over to another one; answered when it is open."""
    studio.open_collection(fields.text("sceneCollectionName"))


@answers
def create_scene_collection(studio: Studio, fields: Fields) -> None:
    """A new one, and over to it; answered when it is open."""
    studio.add_collection(fields.text("sceneCollectionName"))
