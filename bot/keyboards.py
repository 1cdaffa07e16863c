"""Buttons under messages. Their data name the draft and the step, so that an old button is known for what it is."""

from collections.abc import Iterable

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.draft import Draft
from bot.texts import ALIASES, BUTTONS, OPTIONS, bare, label, listed, means, shorten, shown
from bot.watches import Held

Choice = tuple[str, CallbackData]
"""A button: label and data."""


class Press(CallbackData, prefix="p"):
    """A button of one step of one draft; `value` is an option's code or one of the moves below."""

    draft: str
    step: str
    value: str


class Menu(CallbackData, prefix="m"):
    """A button that means the same whenever it is pressed."""

    action: str


class Follow(CallbackData, prefix="s"):
    """An application of this chat whose status is wanted."""

    number: str


class Hand(CallbackData, prefix="f"):
    """The application that the files which wait in this chat are for."""

    number: str


class Supply(CallbackData, prefix="c"):
    """A button about the supplement (补正) of an application: one of the acts below."""

    number: str
    act: str


class Onward(CallbackData, prefix="o"):
    """Consent that an application is filed with the agency responsible too."""

    number: str


SEND, AGAIN, NOT_THIS, ADD = ("send", "again", "no", "add")
BACK, SKIP, KEEP, FIX, SUBMIT, APPLY, REWORD, SPLIT, CLEAN, FOUND = (
    *("_back", "_skip", "_keep", "_fix", "_submit", "_apply", "_reword", "_split", "_clean", "_found"),
)
RETRY, RESUME, RESTART, DROP, CANCEL, NEW, STATUS, HELP, LEAVE = (
    "retry",
    "resume",
    "restart",
    "drop",
    "cancel",
    "new",
    "status",
    "help",
    "leave",
)


def options(step: str, draft: Draft) -> dict[str, str]:
    """Codes and labels to choose from at a step; empty where one types."""
    if step == "correct":
        return {item: label(item, draft) for item in listed(draft)}
    return OPTIONS.get(step) or {code: choice.label for code, choice in draft.choices(step).items()}


def meant(step: str, draft: Draft, text: str) -> str | None:
    """The option that a typed text names: its whole label, or a part that no other option has."""
    choices, typed = options(step, draft), bare(text)
    if typed.isdecimal() and len(typed) == 1 and step != "correct" and 1 <= int(typed) <= len(choices):
        return list(choices)[int(typed) - 1]
    if choices and means("either", text):
        return next((code for code in choices if _is_had(draft, code)), None)
    exact = [code for code, word in choices.items() if typed in (bare(word), bare(word.partition("（")[0]))]
    aliases = ALIASES.get(step) or {code: choice.also for code, choice in draft.choices(step).items()}
    found = exact or [
        code for code, word in choices.items() if typed in bare(word) or typed in map(bare, aliases.get(code, ()))
    ]
    return found[0] if typed and len(found) == 1 else None


def way_meant(draft: Draft, text: str) -> str | None:
    """The way of delivery that a typed text names, whichever form it needs."""
    typed = bare(text)
    ways = draft.form.options("delivery.way").items()
    found = [code for code, one in ways if typed and typed in map(bare, (one.label, *one.also))]
    return found[0] if len(found) == 1 else None


def _is_had(draft: Draft, code: str) -> bool:
    """Whether all that an option needs is known already: what is chosen for somebody asks them nothing more."""
    need = draft.form.needs.get(code, "").removeprefix("applicant.")
    return not need or bool(draft.answers.get(need))


def moves(step: str, draft: Draft) -> dict[str, str]:
    """What one can do at a step besides answering, with labels."""
    offered = {FOUND: BUTTONS["found"]} if draft.offered == step else {}
    if step == "understood":
        split = {SPLIT: BUTTONS["split"].format(count=len(draft.parts))} if len(draft.parts) > 1 else {}
        return offered | split | {APPLY: BUTTONS["apply"], REWORD: BUTTONS["reword"]}
    if step == "summary":
        clean = {CLEAN: BUTTONS["clean"]} if draft.tells_too_much else {}
        return offered | {SUBMIT: BUTTONS["submit"]} | clean | {FIX: BUTTONS["fix"], BACK: BUTTONS["back"]}
    found = dict(offered)
    if value := shown(step, draft):
        found[KEEP] = BUTTONS["keep"] + shorten(value, 20)
    if draft.can_skip(step):
        found[SKIP] = BUTTONS["delete" if draft.answers.get(step) else "skip"]
    return found | {BACK: BUTTONS["back"]}


def of_step(step: str, draft: Draft) -> InlineKeyboardMarkup:
    """The keyboard of a step: options two in a row, then what leads on, then the other moves and cancel."""

    def button(code: str, label: str) -> Choice:
        return label, Press(draft=draft.id, step=step, value=code)

    others = moves(step, draft)
    alone = [[button(code, others.pop(code))] for code in (FOUND, SUBMIT, CLEAN, KEEP) if code in others]
    last = [*(button(*one) for one in others.items()), (BUTTONS["cancel"], Menu(action=CANCEL))]
    return _keyboard([*_rows(button(*one) for one in options(step, draft).items()), *alone, last])


def of_understood(draft: Draft, instead: bool, *, status: bool = False) -> InlineKeyboardMarkup:
    """Apply or word it differently; `instead`: another channel was pointed out; `status`: a case of theirs is meant."""
    apply = BUTTONS["together" if len(draft.parts) > 1 else "apply_anyway" if instead else "apply"]
    split = BUTTONS["split"].format(count=len(draft.parts))
    found: list[Choice] = [(BUTTONS["found"], Press(draft=draft.id, step="understood", value=FOUND))]
    apart: list[list[Choice]] = [[(split, Press(draft=draft.id, step="understood", value=SPLIT))]]
    return _keyboard(
        [
            *([[(BUTTONS["status"], Menu(action=STATUS))]] if status else []),
            *([found] if draft.offered == "understood" else []),
            *(apart if len(draft.parts) > 1 else []),
            [(apply, Press(draft=draft.id, step="understood", value=APPLY))],
            [(BUTTONS["reword"], Press(draft=draft.id, step="understood", value=REWORD))],
        ]
    )


def menu(*actions: str) -> InlineKeyboardMarkup:
    """Buttons that always mean the same, one a row."""
    return _keyboard([[(BUTTONS[action], Menu(action=action))] for action in actions])


def of_held(held: Iterable[Held]) -> InlineKeyboardMarkup:
    """The applications of this chat."""
    return _keyboard([[(one.number, Follow(number=one.number))] for one in held])


def of_hand(numbers: Iterable[str]) -> InlineKeyboardMarkup | None:
    """To which application of this chat a file belongs; none where it has none."""
    rows: list[list[Choice]] = [[(BUTTONS["hand"] + number, Hand(number=number))] for number in numbers]
    return _keyboard(rows) if rows else None


def of_case(number: str, *, asked: bool = False, onward: str = "") -> InlineKeyboardMarkup:
    """Under news of one application: its status; where 补正 is `asked` for, a way to give it.

    `onward`: the agency with which it can be filed if the applicant agrees.
    """
    add = [[(BUTTONS["add"], Supply(number=number, act=ADD))]] if asked else []
    return _keyboard([*add, *_onward(number, onward), [(BUTTONS["follow"], Follow(number=number))]])


def of_status(number: str, onward: str) -> InlineKeyboardMarkup:
    """Under where an application stands: consent, where it can be filed with another agency; the next look."""
    return _keyboard([*_onward(number, onward), [(BUTTONS[STATUS], Menu(action=STATUS))]])


def _onward(number: str, agency: str) -> list[list[Choice]]:
    return [[(BUTTONS["onward"].format(agency=agency), Onward(number=number))]] if agency else []


def of_supplement(numbers: list[str]) -> InlineKeyboardMarkup:
    """To which application a text belongs; with one only, whether it does."""
    if len(numbers) == 1:
        send: list[list[Choice]] = [[(BUTTONS["supply"], Supply(number=numbers[0], act=SEND))]]
    else:
        send = [[(f"{BUTTONS['supply_to']}{number}", Supply(number=number, act=SEND))] for number in numbers]
    last = [(BUTTONS[act], Supply(number=numbers[0], act=act)) for act in (AGAIN, NOT_THIS)]
    return _keyboard([*send, last])


def _rows(choices: Iterable[Choice]) -> list[list[Choice]]:
    """Two in a row; a long label has a row of its own."""
    rows: list[list[Choice]] = []
    for choice in choices:
        if rows and len(rows[-1]) == 1 and len(rows[-1][0][0]) <= 8 and len(choice[0]) <= 8:
            rows[-1].append(choice)
        else:
            rows.append([choice])
    return rows


def _keyboard(rows: Iterable[Iterable[Choice]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=text, callback_data=data.pack()) for text, data in row] for row in rows
        ]
    )
