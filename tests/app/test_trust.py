"""What waits for the director's yes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.app.trust import Trust
from console.core.errors import UserError
from console.settings.folder import DataFolder
from console.settings.show import Backup, Obs, Show


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    folder = DataFolder.take(tmp_path / "data")
    yield folder
    folder.close()


def show_with(*, main: str = "ws://127.0.0.1:4455", backup: str | None = None) -> Show:
    return Show(name="Van", obs=Obs(url=main, backup=Backup(url=backup) if backup else None))


def test_a_backup_far_away_waits_for_the_yes_and_both_obs_with_it(folder: DataFolder, tmp_path: Path) -> None:
    trust = Trust(show_with(backup="ws://192.0.2.7:4455"), tmp_path / "show.toml", folder, is_given=False)
    assert trust.obs_waits
    assert not trust.shop_waits
    assert "ws://192.0.2.7:4455" in trust.question().what
    with pytest.raises(UserError, match=r"192\.0\.2\.7"):
        trust.must_be_given()


def test_on_this_machine_nothing_waits(folder: DataFolder, tmp_path: Path) -> None:
    trust = Trust(show_with(backup="ws://localhost:4456"), tmp_path / "show.toml", folder, is_given=False)
    assert trust.is_given
    assert not trust.obs_waits
    trust.must_be_given()


def test_a_yes_is_remembered_for_exactly_these_hosts(folder: DataFolder, tmp_path: Path) -> None:
    path = tmp_path / "show.toml"
    first = Trust(show_with(backup="ws://192.0.2.7:4455"), path, folder, is_given=False)
    first.is_given = True
    first.keep()
    assert Trust(show_with(backup="ws://192.0.2.7:4455"), path, folder, is_given=False).is_given
    assert not Trust(show_with(backup="ws://192.0.2.8:4455"), path, folder, is_given=False).is_given
    assert not Trust(show_with(main="ws://192.0.2.9:4455"), path, folder, is_given=False).is_given
