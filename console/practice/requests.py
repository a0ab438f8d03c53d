"""Every request that the practice OBS answers, with the answers and refusals of OBS 29.0.2 as asked on the day."""

from console.practice import (
    requests_collections,
    requests_filters,
    requests_general,
    requests_inputs,
    requests_later,
    requests_media,
    requests_outputs,
    requests_scenes,
    requests_switching,
    requests_vendor,
)
from console.practice.registry import REQUESTS, answer

__all__ = [
    "REQUESTS",
    "answer",
    "requests_collections",
    "requests_filters",
    "requests_general",
    "requests_inputs",
    "requests_later",
    "requests_media",
    "requests_outputs",
    "requests_scenes",
    "requests_switching",
    "requests_vendor",
]
