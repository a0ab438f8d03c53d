"""Pictures and files brought to our own shop: checked, named by their content, and never from elsewhere."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from console.commerce.shops.wares import Wares
from console.core.errors import UserError
from console.desk import shop_files
from console.desk.shop_files import ShopFiles
from console.settings.show import Drop
from console.shop.place import Place


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return out.getvalue()


def drop(**more: object) -> Drop:
    return Drop.model_validate({"id": "cap", "title": "Cap", "price": "1.00 EUR", "stock": 1, **more})


@pytest.fixture
def porter(tmp_path: Path) -> ShopFiles:
    (tmp_path / "show").mkdir()
    (tmp_path / "shop").mkdir()
    return ShopFiles(Place(tmp_path / "shop"), tmp_path / "show")


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
async def test_a_picture_has_the_name_of_its_content_whatever_it_is_called(
    porter: ShopFiles, tmp_path: Path, kind: str, ending: str
) -> None:
    data = picture(kind)
    (tmp_path / "show" / "cap.jpeg").write_bytes(data)
    for _ in range(2):
        brought = await porter.bring(drop(picture="cap.jpeg"))
        assert brought == Wares(f"{hashlib.sha256(data).hexdigest()}.{ending}")
    assert [path.read_bytes() for path in (tmp_path / "shop" / "pictures").iterdir()] == [data]


async def test_what_a_paid_order_opens_is_an_address_or_a_file_with_its_ending(
    porter: ShopFiles, tmp_path: Path
) -> None:
    (tmp_path / "show" / "clip.MP4").write_bytes(b"clip")
    name = hashlib.sha256(b"clip").hexdigest()
    assert await porter.bring(drop(unlock="clip.MP4")) == Wares(None, f"file:{name}.mp4")
    assert (tmp_path / "shop" / "files" / f"{name}.mp4").read_bytes() == b"clip"
    assert await porter.bring(drop(unlock="https://x.example/1")) == Wares(None, "https://x.example/1")
    assert await porter.bring(drop()) == Wares()


@pytest.mark.parametrize("name", ["none.png", "../shop/shop.json", "/etc/passwd", "."])
@pytest.mark.parametrize("key", ["picture", "unlock"])
async def test_only_what_lies_beside_the_show_is_brought(
    porter: ShopFiles, tmp_path: Path, key: str, name: str
) -> None:
    (tmp_path / "shop" / "shop.json").write_text("secret")
    (tmp_path / "show" / "link.png").symlink_to(tmp_path / "shop" / "shop.json")
    for one in (name, "link.png"):
        with pytest.raises(UserError, match="is not beside the show file") as told:
            await porter.bring(drop(**{key: one}))
        assert told.value.fix
    assert not (tmp_path / "shop" / "files").exists()


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", b"GIF89a" + bytes(50), picture("PNG")[:40]])
async def test_what_is_no_picture_is_not_brought(porter: ShopFiles, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "show" / "cap.png").write_bytes(data)
    with pytest.raises(UserError, match=r"cap\.png of Cap is not a picture that phones can show"):
        await porter.bring(drop(picture="cap.png"))


async def test_what_is_too_large_is_told_with_the_limit(
    porter: ShopFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "show" / "cap.png").write_bytes(picture("PNG") + bytes(2_000_001))
    with pytest.raises(UserError, match="larger than 2 MB"):
        await porter.bring(drop(picture="cap.png"))
    monkeypatch.setattr(shop_files, "MOST_PIXELS", 63)
    (tmp_path / "show" / "cap.png").write_bytes(picture("PNG"))
    with pytest.raises(UserError, match="too many pixels"):
        await porter.bring(drop(picture="cap.png"))


async def test_an_address_is_no_picture_of_our_shop_and_a_show_without_a_folder_has_none(tmp_path: Path) -> None:
    porter = ShopFiles(Place(tmp_path), None)
    with pytest.raises(UserError, match="shows none from elsewhere"):
        await porter.bring(drop(picture="https://x.example/c.png"))
    with pytest.raises(UserError, match="has no folder"):
        await porter.bring(drop(picture="cap.png"))
