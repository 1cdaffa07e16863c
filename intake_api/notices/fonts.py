"""The fonts of the PDF (字体): those shipped, so that all machines set the same page; else those of the machine."""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import structlog
import typst

from intake_api.kit.errors import Failure

log = structlog.get_logger()
_PACKAGE = "pylopdf_fonts_zh_cn"  # Noto Serif SC and Noto Sans SC
SHIPPED = ("Noto Serif SC", "Noto Sans SC")
# Families that machines have, the likest to a printed official letter first; any other that writes Chinese comes after.
_SERIFS = (
    *(
        "Noto Serif SC",
        "Noto Serif CJK SC",
        "Source Han Serif SC",
        "Source Han Serif CN",
        "SimSun",
        "NSimSun",
        "FangSong",
    ),
    *("STSong", "Songti SC", "AR PL UMing CN", "AR PL SungtiL GB"),
)
_SANS = (
    *("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "SimHei", "Microsoft YaHei"),
    *("PingFang SC", "STHeiti", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback"),
)
# What GB/T 9704 asks for, where an office has it: titles in 小标宋, text in 仿宋.
_TITLES = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", "FZXBSK--GBK1-0")
_FANGSONG = ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FZFangSong-Z02S")
_PROBE = '#set document(title: "·")\n#set text(font: "%s", fallback: false, lang: "zh")\n申请公开答复书〔〕□'


class Faces(NamedTuple):
    """The families of body (宋体) and headings (黑体), `shipped` or the machine's, and all fonts to fall back to.

    `titles` and `text` are 小标宋 and 仿宋 where there are any, else the same.
    """

    fonts: typst.Fonts
    serif: str
    sans: str
    shipped: bool

    @property
    def titles(self) -> str:
        """The family of titles."""
        return next((one for one in _TITLES if one in self.fonts.families()), self.sans)

    @property
    def text(self) -> str:
        """The family of the text."""
        return next((one for one in _FANGSONG if one in self.fonts.families()), self.serif)

    @property
    def names(self) -> str:
        """The families as people are told them; one where it serves for several."""
        return "、".join(dict.fromkeys((self.text, self.serif, self.sans, self.titles)))


@cache
def faces(office: Path) -> Faces:
    """The fonts to set with, those in the office's own folder among them; Failure `fonts_missing`.

    Found once: fonts that come while the process runs are used from its next start.
    """
    spec = find_spec(_PACKAGE)
    return choose(office, Path(spec.origin).parent if spec and spec.origin else None)


def choose(office: Path, package: Path | None, *, system: bool = True) -> Faces:
    """Choose among the fonts of a package, of an office's folder and, where the package's lack, of the `system`."""
    folders = [folder for folder in (package, office) if folder and folder.is_dir()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    if package and set(SHIPPED) <= {one.family for one in fonts.fonts() if Path(one.path or "").parent == package}:
        return Faces(fonts, *SHIPPED, shipped=True)
    fonts = typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=folders)
    serif, sans = (next(_writing_chinese(fonts, liked), None) for liked in (_SERIFS, _SANS))
    if serif is None or sans is None:
        raise Failure("fonts_missing")
    log.warning("fonts_of_the_machine", serif=serif, sans=sans)
    return Faces(fonts, serif, sans, shipped=False)


def _writing_chinese(fonts: typst.Fonts, liked: tuple[str, ...]) -> Iterator[str]:
    there = fonts.families()
    for family in dict.fromkeys((*(one for one in liked if one in there), *_others(there))):
        try:
            typst.compile(
                (_PROBE % family.replace('"', "")).encode(),
                font_paths=fonts,
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=["ua-1"],
            )
        except typst.TypstError:
            continue  # a character that it lacks
        yield family


def _others(there: list[str]) -> list[str]:
    """The rest; what is known as the other kind comes first, as it surely is meant for running text."""
    return [one for one in (*_SERIFS, *_SANS) if one in there] + there
