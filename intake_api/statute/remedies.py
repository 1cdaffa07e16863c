"""Remedy paragraphs (救济告知): review and suit, which comes first, before whom (行政复议法 2023, 行政诉讼法).

60 and 15 days and six months are calendar days; a last day on a holiday moves on (行政复议法 art. 88). The names of the
reviewing body and of the court are the office's own data: where they are missing they are asked for, never guessed.
"""

from typing import NamedTuple

from intake_api.statute.outcomes import Remedy

# Who reviews what an agency of this kind decided (行政复议法 arts 24, 27, 28).
REVIEWERS: dict[str, str] = {
    "department": "本级人民政府",
    "township_government": "县级人民政府",
    "county_government": "设区的市级人民政府",
    "prefecture_government": "省级人民政府",
    "province_government": "本机关，即省级人民政府自己",
    "justice_department": "本级人民政府，也可以是上一级司法行政部门",
    "vertical": "上一级主管部门",  # 海关、金融、外汇管理、税务、国家安全
}
# A government of a county or above is sued before an intermediate court (行政诉讼法 art. 15).
_INTERMEDIATE = ("county_government", "prefecture_government", "province_government")


class Days(NamedTuple):
    """Within what: review, suit after it (days), and a suit at once (months)."""

    review: int = 60  # 行政复议法 art. 20
    suit_after_review: int = 15  # 行政诉讼法 art. 45
    suit_months: int = 6  # 行政诉讼法 art. 46


DAYS = Days()


class Places(NamedTuple):
    """Before whom: the reviewing body, the court, and where an application for review can be handed in online."""

    review_body: str = ""
    court: str = ""
    review_url: str = ""


class Needed(NamedTuple):
    """A name that a remedy paragraph needs, with its label for the page."""

    code: str
    label: str


def needed(remedy: Remedy, agency_kind: str, *, electronic: bool) -> tuple[Needed, ...]:
    """Return what must be known before the paragraph can be written; `electronic`: the notice goes out online.

    A decision served online must name the online way to hand in an application for review (行政复议法 art. 22(2)).
    """
    if remedy is Remedy.NONE:
        return ()
    reviewer = REVIEWERS.get(agency_kind)
    body = f"复议机关的名称（{reviewer}）" if reviewer else "复议机关的名称"
    court = f"{'中级' if agency_kind in _INTERMEDIATE else '基层'}人民法院，实行集中管辖的按集中管辖"
    url = (Needed("review_url", "提交行政复议申请书的互联网渠道（网上送达时必须告知）"),) if electronic else ()
    return (Needed("review_body", body), Needed("court", f"管辖法院的名称（{court}）"), *url)


def paragraphs(remedy: Remedy, places: Places, noun: str = "本答复") -> tuple[str, ...]:
    """Return the remedy paragraphs of a notice that calls itself `noun`; none for Remedy.NONE."""
    if remedy is Remedy.NONE:
        return ()
    way = f"申请行政复议的，可以通过互联网渠道提交行政复议申请书：{places.review_url}。"
    online = (way,) if places.review_url else ()
    if remedy is Remedy.CHOICE:
        return (_choice(noun, places), *online)
    if remedy is Remedy.REVIEW_FIRST:
        return (_review_first("本机关不予公开的决定", places), *online)
    return (_review_first(f"{noun}中不予公开部分的决定", places), _choice(f"{noun}的其他部分", places), *online)


def _choice(what: str, places: Places) -> str:
    """复议或者诉讼 (行政复议法 art. 20; 行政诉讼法 art. 46)."""
    return (
        f"如不服{what}，可以自知道或者应当知道该行政行为之日起{DAYS.review}日内向{places.review_body}申请行政复议，"
        f"或者自知道或者应当知道该行政行为之日起{DAYS.suit_months}个月内向{places.court}提起行政诉讼。"
    )


def _review_first(what: str, places: Places) -> str:
    """复议前置 (行政复议法 art. 23(1)(4) and (2); 行政诉讼法 art. 45)."""
    return (
        f"如不服{what}，应当先自知道或者应当知道该行政行为之日起{DAYS.review}日内向{places.review_body}申请行政复议；"
        f"对行政复议决定仍不服的，可以自收到行政复议决定书之日起{DAYS.suit_after_review}日内向{places.court}提起行政诉讼。"
    )
