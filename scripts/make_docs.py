"""Write the pages of docs/ that are made from the code, so that they cannot lag behind it."""

from pathlib import Path

from intake_api.form.application import StaffSubmission
from intake_api.form.fields import Item, fields
from intake_api.form.needs import NEEDS
from intake_api.notices.render_docx import FACTS, PARTS
from intake_api.settings import PREFIX, Settings
from intake_api.statute.notices import NOTICES, Notice
from intake_api.statute.steps import Step
from intake_api.statute.workflow import STEPS
from intake_api.terms.failures import CATALOGUE
from intake_api.terms.papers import PAPERS

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
`scripts/make_docs.py` from the one table in `intake_api/kit/errors.py`.

| code | status | sentence |
|---|---|---|
"""


NOTICES_PAGE = """# Notices（文书）

The kinds of notices are one table, `intake_api/statute/notices.py`: what calls for each, its elements, its article, its
remedy. Their words are in `intake_api/notices/texts.py`. This page is written by `scripts/make_docs.py`.

## An office's own template

The Word file of a notice comes from a template, the PDF does not. To change how a notice looks, put a Word file named
after its code into the data directory: `DATA/notice_templates/N11.docx` (`N27-2.docx` for the second form of N27).
Begin with a copy of `intake_api/notices/templates/letter.docx` or `form.docx`. Then run

```
gongkai notices check
```

It fills in every template and says what cannot be used: `template_field_unknown` names the fields that do not exist.
`template_invalid` also names what paper would not show and the notice would carry: tracked changes, comments, hidden
text, embedded files; a template that gets them after the check is refused when a notice is made. Who wrote a template,
and when, is left out of every file that goes out. What has been issued keeps the look it went out with.

A field is written `{{ title }}`. A list is repeated paragraph by paragraph, each line in a paragraph of its own:
`{%p for line in body %}`, `{{ line }}`, `{%p endfor %}`; rows of a table likewise with `{%tr for row in rows %}`,
`{{ row.label }}`, `{{ row.value }}`, `{%tr endfor %}`. A field that is not known is empty.

A character that the fonts of the PDF lack stands there as □, and the page of the notice says which; a font file in
`DATA/fonts/` that has it shows it. The Word file keeps the character. The PDF is set with Noto Serif SC and Noto Sans
SC, which ship with the product; where they are gone, with Chinese fonts of `DATA/fonts/` and of the machine, those most
like a printed letter first. `gongkai notices check` always says which, a draft's page when they are not the shipped
ones; without any, making a PDF fails with `fonts_missing`.

## Parts of every notice

| field | meaning |
|---|---|
"""


def notice_rows(notice: Notice) -> str:
    """The line of one notice: its elements, the optional ones in brackets."""
    marks = {e.code: f"`{e.code}`" if e.required else f"[`{e.code}`]" for e in notice.elements}
    return f"| {notice.code} | {notice.title} | {notice.trigger} | {' '.join(marks.values())} |"


def notices_page() -> str:
    """The fields that a template may name, and what each notice must contain."""
    parts = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in PARTS.items())
    facts = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in FACTS.items())
    labels = {e.code: e.label for n in NOTICES.values() for e in n.elements if e.code not in FACTS}
    elements = "\n".join(f"| `{code}` | {label} |" for code, label in labels.items())
    table = "\n".join(map(notice_rows, NOTICES.values()))
    head = "\n\n| field | meaning |\n|---|---|\n"
    return (
        f"{NOTICES_PAGE}{parts}\n\n## Facts of the case{head}{facts}\n\n## Elements{head}{elements}\n\n"
        "`review_body`, `court` and `review_url` stand in the remedy paragraphs of answers. "
        "`replaces`, the number of a notice of the\nsame case, makes any letter the corrected notice "
        "(更正后的文书) of that one.\n\n"
        "## The notices\n\nA notice is issued only when it has every element; those in brackets may be absent.\n\n"
        f"| code | title | called for by | elements |\n|---|---|---|---|\n{table}\n"
    )


FORM = """# The application form（申请表）

What an application asks (条例 art. 29), as `intake_api/form/application.py` declares it. The pages, the interface, the
chat, the staff's entry, the ledger and the masking of particulars are drawn from the same declaration; other programs
read it from `GET /api/v1/form`. This page is written by `scripts/make_docs.py`.

*needed*: yes, or where it depends. *shown*: seen on a case without a look that is put on record; else how many
characters at either end are. *ledger*: the column of docs/ledger.md.

| field | 中文 | kind | needed | characters | chat | shown | ledger |
|---|---|---|---|---|---|---|---|
"""


def form_row(item: Item) -> str:
    """The line of one field."""
    ask = item.ask
    needs = [f"with {need.by} {need.code}" for need in NEEDS if need.name == item.name]
    needed = "yes" if item.required and not item.within else f"with {item.within}" if item.required else ""
    if ask.reaches:
        needed = "; ".join(("one of these", *needs))
    words = f"choice: {', '.join(f'`{code}`' for code in ask.words)}" if ask.words else item.kind
    size = f"{item.shortest or 1}–{item.longest:,}" if item.longest else ""
    shown = "yes" if ask.shown else f"{ask.ends[0]}…{ask.ends[1]}" if any(ask.ends) else "no"
    column = f"`{ask.column.name or item.leaf}` {ask.column.label}" if ask.column else ""
    cells = (f"`{item.name}`", ask.label, words, needed, size, "yes" if ask.question else "", shown, column)
    return f"| {' | '.join(cells)} |"


STEPS_PAGE = """# The steps of a case（办理步骤）

What each step asks, as `intake_api/statute/workflow.py` declares it: the console's forms, the body of `POST
/staff/cases/{number}/events` and the record are drawn from the same declaration. *needed*: a call without it is
refused; *asked*: a page insists on it. What is *sealed* is kept beside the chain, never in it. *file*: the paper that
proves the step. A page takes it along with the step, in one transaction; a program sends it right after, by `POST
/staff/cases/{number}/attachments` with that `paper` and, as `ref`, the entry (`e` and the `seq` of the case as the step
answers it). This page is written by `scripts/make_docs.py`.

| step | 中文 | who | field | 中文 | kind | needed |
|---|---|---|---|---|---|---|
"""


def step_rows(step: Step) -> list[str]:
    """The lines of one step, one a field."""
    rows = []
    for place, field in enumerate(step.fields or (None,)):
        who = step.least or ("applicant" if step.citizen else "–")
        first = (f"`{step.code}`", step.label, who) if place == 0 else ("", "", "")
        if field is None:
            rows.append((*first, "", "", "", ""))
            continue
        kind = ", ".join(f"`{code}`" for code in field.values) or field.kind
        size = f", up to {field.longest:,} characters" if field.longest and not field.words else ""
        needed = "needed" if field.required else "asked" if field.asked else ""
        rows.append(
            (*first, f"`{field.name}`", field.label, kind + size + (", sealed" if field.sealed else ""), needed)
        )
    if step.paper:
        seen = ", the applicant sees it" if step.shown else ""
        rows.append(("", "", "", "", PAPERS[step.paper].label, f"file, `{step.paper}`{seen}", ""))
    return [f"| {' | '.join(cells)} |" for cells in rows]


def default_of(value: object) -> str:
    """How a default is shown."""
    if value is None:
        return "–"
    return f"`{value}`" if str(value) else "(empty)"


def pages() -> dict[str, str]:
    """The pages by their names."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {default_of(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
        if name != "demo"
    ]
    codes = [f"| `{code}` | {status} | {sentence} |" for code, (status, sentence) in CATALOGUE.items()]
    return {
        "settings.md": SETTINGS + "\n".join(rows) + "\n",
        "notices.md": notices_page(),
        "form.md": FORM + "\n".join(map(form_row, fields(StaffSubmission).values())) + "\n",
        "steps.md": STEPS_PAGE + "\n".join(row for step in STEPS.values() for row in step_rows(step)) + "\n",
        "errors.md": ERRORS + "\n".join(codes) + "\n",
    }


def main() -> None:
    """Write them."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
