"""A department is found by the initials of its pinyin, every one in the directory that is shipped."""

import tomllib
from pathlib import Path

import pytest

from intake_api.kit.initials import initials

PROFILE = tomllib.loads((Path(__file__).parents[2] / "training_data" / "departments.toml").read_text("utf-8"))
RARE = "殡"  # of 殡仪馆: outside the common characters, which stand in the order of their pinyin


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("教育局", "jyj"),
        ("住建局", "zjj"),
        ("自然资源和规划局", "zrzyhghj"),
        ("发改委", "fgw"),
        ("人力资源和社会保障局", "rlzyhshbzj"),
        ("12345热线", "12345rx"),
        ("安澳做座啊", "aazza"),  # the first and last places of a letter
        ("（工会、Party）", "ghparty"),
        ("", ""),
    ],
)
def test_initials_as_colleagues_type_them(name: str, typed: str) -> None:
    assert initials(name) == typed


def test_every_character_of_every_name_in_the_directory_has_its_letter() -> None:
    names = [name for row in PROFILE["departments"] for name in (row["name"], *row.get("aliases", ()))]
    assert len(names) > 400
    characters = {one for name in names for one in name if one.isalnum()} - set(RARE)
    assert {one for one in characters if len(initials(one)) != 1} == set()
