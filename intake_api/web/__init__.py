"""Pages for citizens and the staff console, made on the server; they work without JavaScript, better with it."""

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from intake_api.web import (
    chat,
    citizen,
    citizen_case,
    citizen_files,
    citizen_follow,
    citizen_notices,
    failures,
    guide,
    published,
    staff,
    staff_account,
    staff_accounts,
    staff_approvals,
    staff_audit,
    staff_calendar,
    staff_case,
    staff_doctor,
    staff_files,
    staff_ledger,
    staff_messages,
    staff_models,
    staff_notices,
    staff_proceedings,
    staff_published,
    staff_releases,
    staff_reports,
    staff_rules,
)
from intake_api.web.security import SecurityHeaders
from intake_api.web.templating import HERE


def build_router() -> APIRouter:
    """Build the router of all pages."""
    router = APIRouter(include_in_schema=False)
    for part in (
        citizen.router,
        citizen_case.router,
        citizen_files.router,
        citizen_follow.router,
        citizen_notices.router,
        chat.router,
        published.router,
        guide.router,
        staff.router,
        staff_account.router,
        staff_accounts.router,
        staff_audit.router,
        staff_case.router,
        staff_files.router,
        staff_calendar.router,
        staff_ledger.router,
        staff_messages.router,
        staff_approvals.router,
        staff_notices.router,
        staff_proceedings.router,
        staff_releases.router,
        staff_published.router,
        staff_reports.router,
        staff_rules.router,
        staff_doctor.router,
        staff_models.router,
    ):
        router.include_router(part)
    return router


def install(app: FastAPI) -> None:
    """Add static files, security headers and pages for errors; call it after the JSON error handlers are registered."""
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_middleware(SecurityHeaders)
    failures.install(app)
