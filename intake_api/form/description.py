"""The form as other programs read it (GET /api/v1/form): our bot asks by it, and so may anybody's."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from intake_api.directory import Agency
from intake_api.form.fields import Item, fields, reaching
from intake_api.form.needs import FITS, NEEDS
from intake_api.terms.limits import LONGEST


class ChoiceOut(BaseModel):
    """One of the answers to choose from."""

    code: str
    label: str
    also: list[str] = Field(description="人们对它的其他叫法")
    fits: list[str] | None = Field(None, description="只在 fits_by 所指的一项是这些答案时可选；空的随时可选")
    chat: bool = Field(True, description="对话中可选")


class FieldOut(BaseModel):
    """A field of the application; `name` is its path in the body of `POST /requests`."""

    name: str
    label: str
    hint: str
    question: str = Field(description="对话中怎样问；空的不问")
    kind: Literal["line", "text", "choice", "date"]
    required: bool
    within: str | None = Field(None, description="所在的一组可以整组不填；填了的，required 的各项必须填写")
    only: str | None = Field(None, description="只问哪一类申请人：organisation")
    shortest: int
    longest: int | None
    fits_by: str | None = Field(None, description="哪一项的答案决定可以选什么")
    choices: list[ChoiceOut]


class NeedOut(BaseModel):
    """`name` is to be filled in where the answer to `by` is `code`."""

    name: str
    by: str
    code: str
    message: str


class FormOut(BaseModel):
    """The application form: its fields in the order of the page, what needs what."""

    fields: list[FieldOut]
    needs: list[NeedOut]
    one_of: list[str] = Field(description="至少填写其中一项（有代理人的除外）")
    supplement: int = Field(description="补正的内容最多几个字")
    telling: list[str] = Field(description="登记以后可以用哪些方式接收进展（PUT /requests/{number}/telling）")


def describe(agencies: Sequence[Agency], telling: Sequence[str] = ()) -> FormOut:
    """The form of this installation; `agencies` can be applied to, `telling` are its channels beside chats."""
    return FormOut(
        fields=[_described(item, agencies) for item in fields().values()],
        needs=[NeedOut(name=one.name, by=one.by, code=one.code, message=one.sentence) for one in NEEDS],
        one_of=[f"applicant.{name}" for name in reaching()],
        supplement=LONGEST["text"],
        telling=list(telling),
    )


def _described(item: Item, agencies: Sequence[Agency]) -> FieldOut:
    by, fits = FITS.get(item.name, (None, {}))
    choices = [
        ChoiceOut(
            code=term.code,
            label=term.label,
            also=list(term.also),
            fits=list(fits[term.code]) if by else None,
            chat=getattr(term, "in_chat", True),
        )
        for term in (item.ask.words or {}).values()
        if item.ask.offered(term)
    ]
    if item.name == "addressee":
        choices = [ChoiceOut(code=one.code, label=one.name, also=[], fits=None, chat=False) for one in agencies]
    return FieldOut(
        name=item.name,
        label=item.ask.label,
        hint=item.ask.hint,
        question=item.ask.question,
        kind=item.kind,
        required=item.required,
        within=item.within or None,
        only=item.ask.only or None,
        shortest=item.shortest,
        longest=item.longest,
        fits_by=by,
        choices=choices,
    )
