"""信息处理费 (art. 42; 国办函〔2020〕109号): by item or by page, one of the two for an application. Amounts in yuan.

The scales are data, not constants: `fee_items` and `fee_pages` of data/rules.toml.
"""

from intake_api.statute import rules
from intake_api.statute.errors import refusal

_FREE, _UNTIL, _PRICE, _BAND, _RISE = rules.numbers("fee_items", "free", "until", "price", "band", "rise")
_TIERS = rules.tiers("fee_pages")
ITEMS_SCALE, PAGES_SCALE = rules.sentence("fee_items"), rules.sentence("fee_pages")


def by_items(count: int) -> int:
    """Return the total (按件计收) for the applications of one applicant in a calendar month, the count cumulative.

    Some are free, the next have one price; after them every begun band costs more an item. StatuteError
    `negative_count`.
    """
    if count < 0:
        raise refusal("negative_count")
    total = _PRICE * max(0, min(count, _UNTIL) - _FREE)
    bands, rest = divmod(max(0, count - _UNTIL), _BAND)
    total += sum(_BAND * (_PRICE + _RISE * band) for band in range(1, bands + 1))
    return total + rest * (_PRICE + _RISE * (bands + 1))


def for_item(place: int) -> int:
    """Return the fee of the `place`-th application of the month by itself."""
    return by_items(place) - by_items(place - 1)


def by_pages(count: int) -> int:
    """Return the total (按量计收) for the pages of one application: some are free, then each tier has its price.

    Raises StatuteError `negative_count`.
    """
    if count < 0:
        raise refusal("negative_count")
    total = 0
    for above, price in reversed(_TIERS):
        total += price * max(0, count - above)
        count = min(count, above)
    return total
