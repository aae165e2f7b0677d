"""Secrets at rest."""

from pathlib import Path

import pytest

from core.errors import SetupFault
from core.sealing import seal, unseal
from core.settings import Settings


def with_key(folder: Path, key: str) -> Settings:
    return Settings(data_folder=folder, secret_key=key * 4)


def test_what_is_sealed_comes_back_and_can_not_be_read_meanwhile(tmp_path: Path) -> None:
    settings = with_key(tmp_path, "secret-1")
    sealed = seal(settings, "pässword")
    assert "pässword".encode() not in sealed
    assert unseal(settings, sealed) == "pässword"


def test_the_same_secret_is_never_sealed_alike(tmp_path: Path) -> None:
    settings = with_key(tmp_path, "secret-1")
    assert seal(settings, "password") != seal(settings, "password")


def test_another_key_opens_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    sealed = seal(with_key(tmp_path, "secret-1"), "password")
    with pytest.raises(SetupFault, match="KEPT_SECRET_KEY"):
        unseal(with_key(tmp_path, "secret-2"), sealed)


def test_what_was_changed_is_not_opened(tmp_path: Path) -> None:
    settings = with_key(tmp_path, "secret-1")
    sealed = bytearray(seal(settings, "password"))
    sealed[20] ^= 1
    with pytest.raises(SetupFault):
        unseal(settings, bytes(sealed))
