"""Write docs/settings.md and docs/errors.md from the code, so that they cannot lag behind it."""

from pathlib import Path

from intake_api.errors import CATALOGUE
from intake_api.settings import PREFIX, Settings

DOCS = Path(__file__).parents[1] / "docs"

SETTINGS = """# Settings（设置）

Environment variables, or the same names in a `.env` file in the working folder; the environment wins. An unknown
`GONGKAI_` name is an error that suggests the nearest. This page is written by `scripts/make_docs.py`.

| name | default | meaning |
|---|---|---|
"""

ERRORS = """# Error codes（错误代码）

Every error has the shape `{"error": {"code", "message", "fields": [{"name", "message"}]?}}`; the code is stable, the
sentence is for people. On the command line: `error CODE: sentence`, exit code 1 or 2. This page is written by
`scripts/make_docs.py` from the one table in `intake_api/errors.py`.

| code | status | sentence |
|---|---|---|
"""


def default_of(value: object) -> str:
    """How a default is shown."""
    if value is None:
        return "–"
    return f"`{value}`" if str(value) else "(empty)"


def main() -> None:
    """Write both pages."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {default_of(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
        if name != "demo"
    ]
    (DOCS / "settings.md").write_text(SETTINGS + "\n".join(rows) + "\n", "utf-8")
    codes = [f"| `{code}` | {status} | {sentence} |" for code, (status, sentence) in CATALOGUE.items()]
    (DOCS / "errors.md").write_text(ERRORS + "\n".join(codes) + "\n", "utf-8")


if __name__ == "__main__":
    main()
