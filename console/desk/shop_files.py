"""Pictures and files of a show, brought to our own shop's folder under the name of their content. Files in threads."""

import asyncio
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from console.commerce.shops.wares import Wares, is_address
from console.core.errors import UserError
from console.settings.show import Drop
from console.shop.place import FILE, Place

LARGEST_PICTURE: Final = 2_000_000
LARGEST_FILE: Final = 500_000_000
MOST_PIXELS: Final = 40_000_000  # a phone must be able to open it
_ENDINGS: Final = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}


class ShopFiles:
    """Brings what drops name to the shop of `place`. `beside`: the show file's folder; None: the show has none."""

    def __init__(self, place: Place, beside: Path | None) -> None:
        self._place = place
        self._beside = beside

    async def bring(self, drop: Drop) -> Wares:
        """Under what names the shop has them now. Raises UserError when one cannot be had."""
        return await asyncio.to_thread(self._bring, drop)

    def _bring(self, drop: Drop) -> Wares:
        picture = None if drop.picture is None else self._picture(drop.title, drop.picture)
        if drop.unlock is None or is_address(drop.unlock):
            return Wares(picture, drop.unlock)
        source = self._source(drop.title, drop.unlock)
        ending = source.suffix.lower() if source.suffix[1:].isascii() and source.suffix[1:].isalnum() else ""
        kept = _kept(source, self._place.files, ending[:9], at_most=LARGEST_FILE, of=drop.title)
        return Wares(picture, f"{FILE}{kept}")

    def _picture(self, title: str, name: str) -> str:
        if is_address(name):
            what = f"The picture of {title} is an address, and our shop shows none from elsewhere."
            raise UserError(what, fix="Put the picture beside the show file, and write its name.")
        source = self._source(title, name)
        return _kept(source, self._place.pictures, _ending(source, title), at_most=LARGEST_PICTURE, of=title)

    def _source(self, title: str, name: str) -> Path:
        """The file beside the show, and nowhere above it. Raises UserError."""
        if self._beside is None:
            raise UserError(
                f"{title} names {name}, and this show has no folder.", fix="Save the show, then put it there."
            )
        path = (self._beside / name).resolve()
        if not path.is_relative_to(self._beside.resolve()) or not path.is_file():
            raise UserError(
                f"{name} of {title} is not beside the show file.", fix="Put it there, or take it out of the drop."
            )
        return path


def _ending(source: Path, title: str) -> str:
    """The ending of a picture, by what is in it. Raises UserError."""
    fix = "Save it as JPEG, PNG or WebP, not larger than 2 MB."
    try:
        with Image.open(source, formats=tuple(_ENDINGS)) as picture:
            kind, pixels = picture.format or "", picture.width * picture.height
            picture.verify()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UserError(f"{source.name} of {title} is not a picture that phones can show.", fix=fix) from error
    if pixels > MOST_PIXELS:
        raise UserError(f"{source.name} of {title} has too many pixels for phones.", fix=fix)
    return _ENDINGS[kind]


def _kept(source: Path, folder: Path, ending: str, *, at_most: int, of: str) -> str:
    """Copy the file, whole or not at all; returns the name, which is its content's. Raises UserError."""
    draft = ""
    try:
        if source.stat().st_size > at_most:
            what = f"{source.name} of {of} is larger than {at_most // 1_000_000} MB."
            raise UserError(what, fix="Make it smaller, or name an address of the web.")
        folder.mkdir(exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".")
        with source.open("rb") as read, os.fdopen(handle, "w+b") as written:
            shutil.copyfileobj(read, written, 1 << 20)
            written.seek(0)
            name = hashlib.file_digest(written, "sha256").hexdigest() + ending
            os.fsync(written.fileno())
        os.replace(draft, folder / name)
    except OSError as error:
        if draft:
            Path(draft).unlink(missing_ok=True)
        what = f"{source.name} of {of} could not be brought to the shop ({error.strerror or error})."
        raise UserError(what, fix="Free some space, or check the file.") from error
    return name
