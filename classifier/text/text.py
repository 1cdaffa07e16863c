"""Text as the model sees it: one width, one case, one kind of space, nothing invisible."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain, repeat

import regex
from opencc import OpenCC

# NFKC sorts a run of combining marks by insertion; pieces keep a hostile run from costing its square.
_PIECE = 256
# What nobody can see, by the properties of the Unicode Character Database; U+2800, the pattern without dots, has none.
_INVISIBLE = regex.compile(
    r"[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufffd"
    r"[\p{Cf}--\p{Prepended_Concatenation_Mark}][\p{Cc}--\p{White_Space}]]",
    regex.V1,
)
# Nearly every normal text has none but these, which are seen or blank: the properties need not be asked.
_SEEN = re.compile("[\t-\r -~\u00b7\u2010-\u2027\u3000-\u301f\u3400-\u9fff]*")
# Nearly all that NFKC changes in a Chinese message; without these it has nothing to do but look.
_FULL_WIDTH = (("，", ","), ("：", ":"), ("；", ";"), ("？", "?"), ("！", "!"), ("（", "("), ("）", ")"), ("…", "..."))
# Characters that become one character each, whatever stands beside them, and blanks: most messages have no others.
_ONE_EACH = re.compile("[\t\n\r -~\u2018\u2019\u201c\u201d\u3000-\u3002\u3008-\u3011\u4e00-\u9fff\uff01-\uff5e]*")
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
    text = text.lower()
    text = " ".join((text if _SEEN.fullmatch(text) else _INVISIBLE.sub("", text)).split())
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
        return [place for place, character in enumerate(text) if not character.isspace()]
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
