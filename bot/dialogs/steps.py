"""The application step by step: asking, taking an answer, moving, submitting. Handlers in apply.py call these."""

import asyncio
import re
import unicodedata
from dataclasses import replace
from typing import Any

from bot import keyboards, texts
from bot.api_client import ApiRefused, ApiUnreachable
from bot.draft import SKIPPED, Draft, field_of, is_address, kind_of, step_of
from bot.form import Form
from bot.keyboards import APPLY, BACK, FIX, KEEP, REWORD, SKIP, SUBMIT
from bot.talk import Talk
from bot.typed import tidy
from bot.watches import Held

_TYPED_MOVES = {APPLY: "apply", REWORD: "reword", SUBMIT: "submit", FIX: "fix", BACK: "back", SKIP: "skip"}


async def begin(talk: Talk, text: str) -> None:
    """The citizen's own question opens a draft."""
    form = await talk.form()
    if refusal := _unfit(text, form):
        missed = await _missed(talk)
        await talk.say(_with_other_ways(talk, refusal, missed))
        await talk.state.update_data(missed=missed)
    else:
        await understand(talk, Draft(text, form))


async def understand(talk: Talk, draft: Draft, note: str = "") -> None:
    """Show what was understood of the description. Without a suggestion one can apply all the same."""
    draft.step = "understood"
    await talk.keep(draft)
    try:
        suggestion, published = await asyncio.gather(
            _suggestion(talk, draft.description), talk.office.published(draft.description)
        )
    except ApiUnreachable:
        await talk.wait("understand")
        return
    flags = suggestion.get("flags", ()) if suggestion else ()
    instead = any(flag["code"] in texts.INSTEAD for flag in flags)
    shown = texts.understood(draft, suggestion, published)
    await talk.put(draft, f"{note}\n\n{shown}" if note else shown, keyboards.of_understood(draft, instead))


async def add(talk: Talk, draft: Draft, text: str) -> None:
    """More of the question before the form begins: long texts arrive in several messages."""
    longer = f"{draft.description}\n{text}"
    if refusal := _unfit(text, draft.form) or _unfit(longer, draft.form):
        await talk.say(refusal)
        return
    draft.description = longer
    await understand(talk, draft, texts.ADDED)


async def ask(talk: Talk, draft: Draft, note: str = "") -> None:
    """Put the open question of the draft."""
    if draft.step == "understood":
        await understand(talk, draft, note)
        return
    await talk.keep(draft)
    if not draft.form.known:
        await talk.wait("ask")
        return
    question = texts.question(draft.step, draft)
    await talk.put(draft, f"{note}\n\n{question}" if note else question, keyboards.of_step(draft.step, draft))


async def take(talk: Talk, draft: Draft, text: str) -> None:
    """A typed answer to the open question: an option's words, a move's words, or the answer itself."""
    if draft.step != "understood" and not draft.form.known:
        await talk.wait("answer", text)
        return
    if move_code := _typed_move(draft, text):
        if move_code == SUBMIT and not await talk.said_last(draft.board):
            await ask(talk, draft)  # something else was said since the summary: it is not clear what is agreed to
            return
        await move(talk, draft, move_code)
        return
    if draft.step == "understood":
        await add(talk, draft, text)
        return
    if code := keyboards.meant(draft.step, draft, text):
        await choose(talk, draft, code)
        return
    if draft.step == "id_type" and _is_number(text):  # people answer with the number itself
        draft.answer("id_type", next(iter(draft.choices("id_type"))))
        draft.step = "id_number"
    elif draft.step == "document" and (await _doubtful(talk, draft, text)):
        return
    elif (note := _not_understood(draft, tidy(text))) and not await _said_again(talk, draft, tidy(text)):
        await ask_again(talk, draft, note)
        await talk.state.update_data(doubted=tidy(text))
        return
    await _answer(talk, draft, tidy(text))


async def choose(talk: Talk, draft: Draft, code: str) -> None:
    """A pressed option of the open question."""
    if draft.step == "correct":
        draft.step = code
        await ask(talk, draft)
        return
    draft.answer(draft.step, code)
    await proceed(talk, draft)


async def ask_again(talk: Talk, draft: Draft, note: str) -> None:
    """Put the open question once more after what was not understood; the second time with other ways to apply."""
    missed = await _missed(talk)
    await ask(talk, draft, _with_other_ways(talk, note, missed))
    await talk.state.update_data(missed=missed)


async def move(talk: Talk, draft: Draft, code: str) -> None:
    """Go on, back, over or out of the open question."""
    if code == SUBMIT:
        await submit(talk, draft)
    elif draft.sent is not None:
        await uncertain(talk)
    elif code == FIX:
        draft.step = "correct"
        await ask(talk, draft)
    elif code == BACK:
        draft.step = draft.preceding()
        await ask(talk, draft)
    elif code == REWORD:
        draft.step = "description"
        await ask(talk, draft)
    else:
        note = ""
        if code == SKIP:
            note = texts.ID_SKIPPED if draft.step in ("id_type", "id_number") else ""
            draft.answer(draft.step, SKIPPED)
        await proceed(talk, draft, note)


async def proceed(talk: Talk, draft: Draft, note: str = "") -> None:
    """To the next open question, or to the summary."""
    draft.step = draft.following()
    await ask(talk, draft, note)


async def submit(talk: Talk, draft: Draft) -> None:
    """File the application. The draft goes only after the receipt is out, and its id makes a repeat the same case."""
    draft.sent = draft.sent or draft.submission() | {"channel": talk.channel}
    await talk.keep(draft)
    try:
        receipt = await talk.office.submit(draft.sent, key=f"{talk.office.client_id}-{draft.id}")
    except ApiUnreachable:
        await talk.wait("submit")
        return
    except ApiRefused as refusal:
        draft.sent = None
        await _refused(talk, draft, refusal)
        return
    await talk.watches.keep(Held(receipt["number"], receipt["query_code"], talk.bot.id, talk.chat_id))
    await talk.say(texts.receipt(receipt, talk.site), keyboards.menu(keyboards.STATUS, keyboards.NEW))
    await talk.state.clear()


async def uncertain(talk: Talk) -> None:
    """A submission is out without an answer: first learn whether the case exists."""
    await talk.state.update_data(pending={"what": "submit", "value": None})
    await talk.say(texts.UNCERTAIN, keyboards.menu(keyboards.RETRY))


async def retry(talk: Talk, draft: Draft, pending: dict[str, Any]) -> None:
    """Do again what the API could not be reached for."""
    match pending["what"]:
        case "submit":
            await submit(talk, draft)
        case "answer":
            await take(talk, draft, pending["value"])
        case _:
            await ask(talk, draft)


async def _answer(talk: Talk, draft: Draft, value: str) -> None:
    step = draft.step
    try:
        problem = await _problem(talk, draft, value)
    except ApiUnreachable:
        await talk.wait("answer", value)
        return
    except ApiRefused as refusal:
        await talk.keep(draft)
        await talk.put(draft, texts.quote(refusal.message), keyboards.of_step(step, draft))
        return
    if problem:
        await ask(talk, draft, texts.quote(problem))
        return
    draft.answer(step, value)
    if step == "description" and not draft.answers:
        await understand(talk, draft)
    else:
        await proceed(talk, draft)


async def _problem(talk: Talk, draft: Draft, value: str) -> str | None:
    """What the API finds wrong with an answer: the rules live there, not here."""
    tried = replace(draft, answers=dict(draft.answers))
    tried.answer(draft.step, value)
    return (await talk.office.check(tried.submission())).get(field_of(draft.step, value))


async def _suggestion(talk: Talk, text: str) -> dict[str, Any] | None:
    try:
        return await talk.office.suggest(text)
    except ApiRefused:
        return None


async def _refused(talk: Talk, draft: Draft, refusal: ApiRefused) -> None:
    """The API did not take the application: wait, or correct what it names."""
    message = texts.quote(refusal.message)
    if refusal.retry_later or not refusal.fields:
        await ask(talk, draft, message)
        return
    name, sentence = next(iter(refusal.fields.items()))
    draft.step = step_of(name, draft)
    await ask(talk, draft, f"{message}\n{texts.label(draft.step, draft)}：{texts.quote(sentence)}")


def is_move(draft: Draft, text: str) -> bool:
    """Whether a typed text means one of the buttons of the open question."""
    return _typed_move(draft, text) is not None


def _typed_move(draft: Draft, text: str) -> str | None:
    offered = keyboards.moves(draft.step, draft)
    for code, word in _TYPED_MOVES.items():
        if code in offered and texts.means(word, text):
            return code
    return KEEP if KEEP in offered and texts.means("keep", text) else None


def _unfit(text: str, form: Form) -> str | None:
    if not texts.has_words(text):
        return texts.NO_WORDS
    if len(tidy(text)) < 2:
        return texts.TOO_SHORT
    asked = form.questions.get("description")
    most = (asked and asked.longest) or texts.MOST
    return texts.TOO_LONG.format(most=most) if len(text) > most else None


def _not_understood(draft: Draft, text: str) -> str | None:
    """Why a typed text cannot be the answer to the open question."""
    if draft.step == "summary" or keyboards.options(draft.step, draft):
        return texts.PRESS_A_BUTTON
    if kind_of(draft.step, text) == "address" and not is_address(text):
        return texts.NO_CONTACT if draft.step == "contact" else texts.NO_ADDRESS
    return None


async def _doubtful(talk: Talk, draft: Draft, text: str) -> bool:
    """Digits alone are hardly a title or a document number: ask once. Said again, or with a yes, they are meant."""
    doubted = (await talk.state.get_data()).get("doubted")
    if doubted and texts.means("yes", text):
        await _answer(talk, draft, doubted)
        return True
    digits = texts.bare(text)
    if not digits.isdecimal() or digits == doubted:
        return False
    await ask(talk, draft, texts.only_digits(digits))
    await talk.state.update_data(doubted=digits)
    return True


async def _said_again(talk: Talk, draft: Draft, text: str) -> bool:
    """An address that does not look like one is taken when it is said twice: how addresses look is a guess."""
    return draft.step == "address" and (await talk.state.get_data()).get("doubted") == text


async def _missed(talk: Talk) -> int:
    """How often in a row the citizen has not been understood, this time included."""
    return int((await talk.state.get_data()).get("missed", 0)) + 1


def _with_other_ways(talk: Talk, note: str, missed: int) -> str:
    return note if missed < 2 else f"{note}\n\n{texts.other_ways(talk.site)}"


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9A-Za-z]{15,18}", unicodedata.normalize("NFKC", text).replace(" ", "")))
