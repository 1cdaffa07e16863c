"""From an HTML form to the payload of the API: fields are named by their dotted path, empty ones are left out."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from intake_api.kit.errors import Failure
from intake_api.kit.middleware import BODY_LIMIT
from intake_api.kit.text import tidy, writable

# Not part of the payload: they steer the page.
_PAGE_FIELDS = {"who", "with_agent", "tell_email", "step", "key", "hinted", "website", "csrf"}
MAX_FIELDS = 60
BAD_REQUEST = 400  # what Starlette makes of a form that cannot be parsed


async def read(request: Request) -> dict[str, str]:
    """Read the form's text fields, as typed but for what no file can hold.

    Failure `invalid_request` where the body is no form.
    Files are left to `uploaded`; repeated names do not occur on our pages and are dropped.
    """
    try:
        # one field may be as long as the body, whose own limit has the better message
        form = await request.form(max_fields=MAX_FIELDS, max_files=1, max_part_size=BODY_LIMIT)
    except HTTPException as error:
        if error.status_code == BAD_REQUEST:
            raise Failure("invalid_request") from None
        raise
    request.state.uploads = {
        name: (file.filename, await file.read())
        for name, file in form.items()
        if isinstance(file, UploadFile) and file.filename
    }
    await form.close()
    # a browser counts a line break as one character and sends two
    return {name: writable(value) for name, value in form.items() if not isinstance(value, UploadFile)}


def uploaded(request: Request, name: str) -> tuple[str, bytes] | None:
    """Return name and content of a file of the form that `read` has read; None where none was chosen."""
    files: dict[str, tuple[str, bytes]] = request.state.uploads
    return files.get(name)


DEEPEST = 2  # dots in a field's name: applicant.agent.name


def nested(values: Mapping[str, str]) -> dict[str, Any]:
    """`{"applicant.name": "张三"}` -> `{"applicant": {"name": "张三"}}`; blank values are left out."""
    payload: dict[str, Any] = {}
    for name, value in values.items():
        if not tidy(value):
            continue
        *path, last = name.split(".", DEEPEST)
        place = payload
        for part in path:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise Failure("invalid_request")
        if isinstance(place.get(last), dict):
            raise Failure("invalid_request")
        place[last] = value
    return payload


def submission(values: Mapping[str, str]) -> dict[str, Any]:
    """Shape the form as a `Submission`: groups that do not apply are dropped, the usual document is inferred."""
    fields = {name: value for name, value in values.items() if name not in _PAGE_FIELDS}
    natural = values.get("who") == "natural"
    if natural:
        fields |= {"applicant.type": "natural", "applicant.contact_name": "", "applicant.legal_representative": ""}
    if not values.get("with_agent"):
        fields = {name: value for name, value in fields.items() if not name.startswith("applicant.agent.")}
    if values.get("who") and tidy(fields.get("applicant.id_number", "")) and not fields.get("applicant.id_type"):
        fields["applicant.id_type"] = "resident_id" if natural else "uscc"
    payload = nested(fields)
    # a missing group is told of by its missing fields, which the page can point at
    applicant, delivery = payload.setdefault("applicant", {}), payload.setdefault("delivery", {})
    if not (isinstance(applicant, dict) and isinstance(delivery, dict)):
        raise Failure("invalid_request")  # no form of ours has a field of this name
    if values.get("with_agent"):
        applicant.setdefault("agent", {})
    return payload


def at_fault(failure: Failure | None) -> dict[str, str]:
    """What is wrong with each field that a failure names."""
    return {problem.name: problem.message for problem in failure.fields} if failure else {}
