"""Text as the model sees it: one width, one case, one kind of space, nothing invisible."""

import re
import unicodedata

# NFKC sorts a run of combining marks by insertion; pieces keep a hostile run from costing its square.
_PIECE = 256
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffd]"
)
_SPACES = re.compile(r"\s+")
_SPACE_BETWEEN_HAN = re.compile(r"(?<=[㐀-鿿]) (?=[㐀-鿿])")


def normalise(text: str) -> str:
    """NFKC (full-width digits and letters become plain), lower case, single spaces, no control characters.

    Takes any str, lone surrogates and NULs included, in time linear in its length. A space between two Han
    characters is dropped: 征 地 补 偿 is 征地补偿.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not text.isascii():
        pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
        text = "".join(unicodedata.normalize("NFKC", piece) for piece in pieces)
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text.lower())).strip()
    return _SPACE_BETWEEN_HAN.sub("", text)
