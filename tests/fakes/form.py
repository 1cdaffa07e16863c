"""The office's own form, as its API gives it out and as the bot reads it."""

from typing import Any

from bot.form import Form
from intake_api.form.description import describe

FORM_BODY: dict[str, Any] = describe([]).model_dump(mode="json")
FORM = Form.read(FORM_BODY)
