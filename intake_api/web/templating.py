"""Jinja environment of the pages: filters for dates and chances, highlighting, and one `render`."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from intake_api.directory import Agency
from intake_api.form.application import StaffSubmission
from intake_api.form.fields import fields, particulars, rows
from intake_api.form.needs import FITS
from intake_api.http import office_of
from intake_api.kit.clock import SHANGHAI
from intake_api.office import Office
from intake_api.statute.citation import cited
from intake_api.statute.deadlines import EXTENSION_DAYS
from intake_api.terms.course import STATUSES
from intake_api.terms.limits import BODY_MB, FILE_MB, LONGEST, SHORTEST_PASSWORD
from intake_api.web import texts

HERE = Path(__file__).parent
LARGE_TYPE = "gongkai_display"
LONGEST_PAGE = 6  # digits and one, of a page's number


def zh_date(day: date | str | None) -> str:
    """Write a day as citizens read it: 2026年11月22日; empty for None. ISO text is accepted (clock steps are JSON)."""
    if not day:
        return ""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.year}年{day.month}月{day.day}日"


def shanghai(instant: datetime) -> str:
    """Write an aware instant as the wall clock in Asia/Shanghai shows it: 2026-11-22 09:30."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def zh_time(instant: datetime) -> str:
    """Write an aware instant as citizens read it, in Asia/Shanghai: 2026年11月22日 09:30."""
    local = instant.astimezone(SHANGHAI)
    return f"{zh_date(local.date())} {local:%H:%M}"


def percent(chance: float) -> str:
    """Write a probability in whole percent; never 0 % or 100 %, which would claim to be certain."""
    if chance < 0.01:
        return "<1%"
    return ">99%" if chance > 0.99 else f"{round(chance * 100)}%"


FEW = 20  # cases: under these a share in percent says more than is known


def rate(share: float, n: int | None = None) -> str:
    """Write what was counted: of a few cases how many (2/3), else whole percent, 0 % and 100 % among them."""
    return f"{round(share * n)}/{n}" if n is not None and n < FEW else f"{round(share * 100)}%"


def highlight(text: str, terms: Iterable[str]) -> list[tuple[str, bool]]:
    """Cut a text into (part, marked) at the terms that drove a suggestion, longest term first.

    A term of several words may have other characters than the text between them, so any blanks match.
    """
    longest_first = sorted((term for term in terms if term.strip()), key=len, reverse=True)
    patterns = [r"\s*".join(map(re.escape, term.split())) for term in longest_first]
    if not patterns:
        return [(text, False)]
    parts = re.split(f"({'|'.join(patterns)})", text, flags=re.IGNORECASE)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]


def file_size(size: int) -> str:
    """Write a number of bytes as people do: 320 KB, 2.4 MB."""
    return f"{max(1, round(size / 1024))} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def field_id(name: str) -> str:
    """Return the HTML id of a payload field: `applicant.id_number` -> `f-applicant-id_number`."""
    return "f-" + texts.ANCHORS.get(name, name).replace(".", "-")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "zh_date": zh_date,
        "shanghai": shanghai,
        "zh_time": zh_time,
        "article": cited,
        "percent": percent,
        "rate": rate,
        "highlight": highlight,
        "field_id": field_id,
        "field_name": texts.FIELDS.__getitem__,
        "file_size": file_size,
    }
    environment.globals |= {"texts": texts, "fields": fields(StaffSubmission), "rows": rows, "particulars": particulars}
    environment.globals |= {
        "fits": {"delivery.way": FITS["delivery.way"][1]},
        "longest": LONGEST,
        "shortest_password": SHORTEST_PASSWORD,
        "body_mb": BODY_MB,
        "file_mb": FILE_MB,
        "open_states": {state.code for state in STATUSES.values() if state.open},
        "extension_days": EXTENSION_DAYS,
    }
    return environment


_templates = _environment()


def posts_of(office: Office) -> dict[str, str]:
    """Return the ways by which this office tells applicants outside chats, by code, as people call them."""
    named = texts.POSTS | {"sms": office.settings.messages_name}
    return {code: named[code] for code in office.outbox.posts}


def page_of(given: str) -> int:
    """The number of a page as an address gives it; the first for anything else."""
    return int(given) if given.isascii() and given.isdecimal() and 0 < len(given) < LONGEST_PAGE and int(given) else 1


def render(
    request: Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200, **more: Any
) -> HTMLResponse:
    """Render a page. Pages hold personal data: they are never cached unless a route says so."""
    html = rendered(request, template, dict(context or {}) | more)
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


def rendered(request: Request, template: str, context: Mapping[str, Any]) -> str:
    """A template of ours with what every page knows."""
    office = office_of(request)
    agency: Agency = office.directory.default_agency
    shared = {
        "agency": agency,
        "directory": office.directory,
        "version": office.version,
        "today": office.clock.today(),
        "large": request.cookies.get(LARGE_TYPE) == "large",
        "path": request.url.path,
        "posts": posts_of(office),
        "account": None,
        "may_enter": office.cases.may_enter,
        "approvals_wanted": office.approvals.demands.wants("any"),
    }
    return _templates.get_template(template).render(shared | dict(context))
