"""Text as the model sees it: one width, one case, one kind of space, nothing invisible."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain, repeat

from opencc import OpenCC

# NFKC sorts a run of combining marks by insertion; pieces keep a hostile run from costing its square.
_PIECE = 256
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffd]"
)
# Nearly all that NFKC changes in a Chinese message; without these it has nothing to do but look.
_FULL_WIDTH = (("，", ","), ("：", ":"), ("；", ";"), ("？", "?"), ("！", "!"), ("（", "("), ("）", ")"), ("…", "..."))
# Characters that become one character each, whatever stands beside them: most messages have no others.
_ONE_EACH = re.compile("[!-~\u2018\u2019\u201c\u201d\u3001\u3002\u3008-\u3011\u4e00-\u9fff\uff01-\uff5e]*")
_HAN = range(0x3400, 0xA000)
_SPACE_BETWEEN_HAN = re.compile(r"(?<=[㐀-鿿]) (?=[㐀-鿿])")


def normalise(text: str) -> str:
    """NFKC (full-width digits and letters become plain), lower case, single spaces, no control characters.

    Takes any str, lone surrogates and NULs included, in time linear in its length. A space between two Han
    characters is dropped: 征 地 补 偿 is 征地补偿.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not text.isascii():
        text = simplified(text)
        for full, plain in _FULL_WIDTH:
            text = text.replace(full, plain)
        pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
        text = "".join(unicodedata.normalize("NFKC", piece) for piece in pieces)
    text = " ".join(_INVISIBLE.sub("", text.lower()).split())
    return _SPACE_BETWEEN_HAN.sub("", text) if " " in text else text


def simplified(text: str) -> str:
    """Traditional characters as simplified ones (繁简转换), one for one, so that places stay what they were."""
    traditional, simple = _conversion()
    return text.translate(simple) if traditional.search(text) else text


@cache
def _conversion() -> tuple[re.Pattern[str], dict[int, str]]:
    """What finds OpenCC's traditional characters, and the simplified one of each."""
    characters = list(map(chr, _HAN))
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    simple = {written: one for written, one in zip(characters, converted, strict=True) if written != one}
    return re.compile(f"[{''.join(simple)}]"), {ord(written): one for written, one in simple.items()}


def origins(text: str, normalised: str) -> Sequence[int] | None:
    """Where in `text` each character of its normal form comes from, spaces left out.

    None where characters were joined in a way that cannot be followed (accents written apart, and the like).
    """
    if _ONE_EACH.fullmatch(text):
        return range(len(text))
    pieces = list(map(_solid, text))
    solid = "".join(pieces)
    if solid != normalised.replace(" ", ""):
        return None
    if len(solid) == len(text) and "" not in pieces:
        return range(len(text))
    return list(chain.from_iterable(map(repeat, range(len(text)), map(len, pieces))))


@lru_cache(maxsize=16_384)
def _solid(character: str) -> str:
    return normalise(character).replace(" ", "")
