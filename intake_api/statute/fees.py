"""信息处理费 (art. 42; 国办函〔2020〕109号): by item or by page, one of the two for an application. Amounts in yuan."""

from intake_api.statute.errors import refusal

PAGE_TIERS = ((200, 40), (100, 20), (30, 10))  # above so many pages, each costs so much


def by_items(count: int) -> int:
    """Return the total (按件计收) for the applications of one applicant in a calendar month, the count cumulative.

    10 are free, 11-30 cost 100 each; from 31 on, every begun ten costs 100 more each. StatuteError `negative_count`.
    """
    if count < 0:
        raise refusal("negative_count")
    if count <= 30:
        return 100 * max(0, count - 10)
    tens, rest = divmod(count - 30, 10)
    return 2000 + 1000 * (tens * (tens + 3) // 2) + 100 * rest * (tens + 2)


def for_item(place: int) -> int:
    """Return the fee of the `place`-th application of the month by itself."""
    return by_items(place) - by_items(place - 1)


def by_pages(count: int) -> int:
    """Return the total (按量计收) for the pages of one application: 30 free, then 10, 20, 40 a page.

    Raises StatuteError `negative_count`.
    """
    if count < 0:
        raise refusal("negative_count")
    total = 0
    for above, price in PAGE_TIERS:
        total += price * max(0, count - above)
        count = min(count, above)
    return total
