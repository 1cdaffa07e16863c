"""The PDF does not hang on one package of fonts: else the machine's are taken and named, and without any it is said."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pylopdf_fonts_zh_cn as package
import pytest
from typer.testing import CliRunner

from intake_api.cli import app
from intake_api.kit.errors import Failure
from intake_api.notices import fonts, render_pdf
from tests.unit.notices.drafts import document_of, first_draft, pieces
from tests.unit.notices.test_notice_documents import plain, words_of_pdf

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LISTED = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False).stdout
here = pytest.mark.skipif(not LISTED, reason="this machine has no Chinese font")


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package of fonts is not installed."""
    monkeypatch.setitem(sys.modules, "pylopdf_fonts_zh_cn", None)
    fonts.faces.cache_clear()
    yield
    fonts.faces.cache_clear()


def test_the_shipped_fonts_come_first(tmp_path: Path) -> None:
    faces = fonts.faces(tmp_path)
    assert (faces.serif, faces.sans, faces.shipped) == ("Noto Serif SC", "Noto Sans SC", True)


@here
@pytest.mark.usefixtures("hidden")
@pytest.mark.parametrize("code", ["N10", "N13", "N27"])
def test_without_the_package_a_notice_is_set_with_a_font_of_the_machine(code: str, tmp_path: Path) -> None:
    draft = first_draft(code)
    document = document_of(draft)
    pdf = render_pdf.render(document, AT, "0" * 32, tmp_path)
    for piece in pieces(draft, document):
        assert plain(piece) in words_of_pdf(pdf), piece
    faces = fonts.faces(tmp_path)
    assert not faces.shipped
    assert faces.serif in LISTED
    assert render_pdf.boxed(document, AT, tmp_path) == ()
    assert b"NotoSerifSC" not in pdf


@pytest.mark.parametrize("kept", ["NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf"])
def test_a_font_in_the_offices_folder_is_enough_for_body_and_headings(kept: str, tmp_path: Path) -> None:
    (tmp_path / kept).symlink_to(Path(package.__file__).parent / kept)
    faces = fonts.choose(tmp_path, None, system=False)
    assert faces.serif == faces.sans == faces.names == ("Noto Serif SC" if "Serif" in kept else "Noto Sans SC")
    assert not faces.shipped


def test_a_package_that_has_lost_a_font_is_not_called_shipped(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "sans.otf").symlink_to(package.sans_path())
    faces = fonts.choose(tmp_path / "fonts", tmp_path / "package", system=False)
    assert (faces.names, faces.shipped) == ("Noto Sans SC", False)


@pytest.mark.parametrize("folder", ["empty", "latin"])
def test_without_any_chinese_font_the_error_says_what_to_do(folder: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin").symlink_to("/usr/share/fonts/truetype/dejavu")
    with pytest.raises(Failure, match="fonts_missing") as caught:
        fonts.choose(tmp_path / folder, None, system=False)
    assert "fonts/" in caught.value.message


@pytest.mark.usefixtures("hidden")
def test_a_draft_is_seen_without_fonts_and_its_pdf_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose = fonts.choose
    monkeypatch.setattr(fonts, "choose", lambda office, package: choose(office, package, system=False))
    document = document_of(first_draft("N10"))
    assert render_pdf.boxed(document, AT, tmp_path) == ()
    with pytest.raises(Failure, match="fonts_missing"):
        render_pdf.render(document, AT, "0" * 32, tmp_path)
    checked = CliRunner().invoke(app, ["--data", str(tmp_path), "notices", "check"])
    assert checked.exit_code == 1
    assert checked.stderr.startswith("error fonts_missing: ")


def test_the_command_says_which_fonts_are_used(tmp_path: Path) -> None:
    checked = CliRunner().invoke(app, ["--data", str(tmp_path), "notices", "check"])
    assert checked.stdout == "fonts shipped Noto Serif SC、Noto Sans SC\n"
