"""The application step by step: asking, taking an answer, moving, submitting. Handlers in apply.py call these."""

import asyncio
import re
import unicodedata
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot import keyboards, texts
from bot.api_client import ApiRefused, ApiUnreachable
from bot.dialogs import attaching, telling
from bot.draft import SKIPPED, Draft, field_of, is_address, kind_of, step_of
from bot.form import Form
from bot.heard import Heard, answers, way_alone
from bot.heard import take as note
from bot.keyboards import APPLY, BACK, CLEAN, FIX, FOUND, KEEP, REWORD, SKIP, SPLIT, SUBMIT
from bot.talk import Talk
from bot.typed import tidy
from bot.watches import Held

_TYPED_MOVES = {
    SPLIT: "split",
    APPLY: "apply",
    REWORD: "reword",
    SUBMIT: "submit",
    CLEAN: "clean",
    FIX: "fix",
    BACK: "back",
    SKIP: "skip",
}
APPLIES = ("disclosure", "correction", "several")
"""Kinds of messages that are applications."""
_A_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff·]{1,12}")
_NO_NAME = re.compile(r"[不没吗呢什么我你呀吧啥谁怎]|单位|公司|个人|工人|农民|老师|学生")


async def begin(talk: Talk, text: str) -> None:
    """The citizen's own question opens a draft."""
    form = await talk.form()
    if refusal := _unfit(text, form):
        missed = await _missed(talk)
        await talk.say(_with_other_ways(talk, refusal, missed))
        await talk.state.update_data(missed=missed)
    else:
        await understand(talk, Draft(text, form, unheard=text))


async def understand(talk: Talk, draft: Draft, note: str = "") -> None:
    """Show what was understood of the description. Without a suggestion one can apply all the same.

    Who said more than what is wanted is asked for the rest at once; what they said is not asked again.
    """
    draft.step = "understood"
    await talk.keep(draft)
    try:
        suggestion, published, heard = await asyncio.gather(
            _suggestion(talk, draft.description),
            talk.office.published(draft.description),
            _read(talk, draft.description),
        )
    except ApiUnreachable:
        await talk.wait("understand")
        return
    if heard and heard.kind == "thanks" and not draft.answers:
        await talk.state.clear()
        await talk.say(f"{texts.SMALL_TALK['thanks']}{texts.ASK}")
        return
    taken = await _note_unheard(talk, draft, heard) if draft.form.known else []
    way = heard.way if heard else ""
    instead = bool(heard and heard.kind not in APPLIES)
    parts = [note, texts.understood(draft, suggestion, published, way, heard.hints if heard else ())]
    if taken and not instead and len(draft.parts) < 2:
        draft.step = draft.following()
        draft.offered = draft.step if published else ""
        parts += [texts.NOTED.format(noted=told)] if (told := texts.noted(taken, draft)) else []
        parts += [await _impossible(talk, heard)] if heard else []
        await _put(talk, draft, parts, texts.ahead(draft.missing, draft))
        return
    draft.offered = draft.step if published else ""
    apply = texts.BUTTONS["apply_anyway"]
    parts.append(texts.APPLY_ALL_THE_SAME.format(apply=apply) if instead else texts.APPLY_OR_ADD)
    board = keyboards.of_understood(draft, instead, status=bool(heard and heard.kind == "status"))
    await talk.put(draft, "\n\n".join(filter(None, parts)), board)


async def _put(talk: Talk, draft: Draft, before: list[str], after: str = "") -> None:
    """Put the open question below what is said before it."""
    await talk.keep(draft)
    said = [*before, texts.question(draft.step, draft), after]
    await talk.put(draft, "\n\n".join(filter(None, said)), keyboards.of_step(draft.step, draft))


async def _note_unheard(talk: Talk, draft: Draft, heard: Heard | None) -> list[str]:
    """Note the answers of what was said last, and what it is; returns the steps that were answered."""
    said, draft.unheard = draft.unheard, ""
    if not heard:
        return []
    draft.kind = "correction" if heard.kind == "correction" else "disclosure"
    draft.matter, draft.parts = heard.matter, list(heard.parts)
    draft.agent_for = str(heard.fields.get("agent_for", draft.agent_for))
    last = heard if said == draft.description else await _read(talk, said) if said else None
    found = answers(last, draft) if last else {}
    note(draft, found)
    return list(found)


async def _read(talk: Talk, text: str) -> Heard | None:
    """What a text says, as the office reads it; None where it does not read it."""
    try:
        return Heard.read(await talk.office.understand(text))
    except ApiRefused:
        return None


async def add(talk: Talk, draft: Draft, text: str) -> None:
    """More of the question before the form begins: long texts arrive in several messages."""
    longer = f"{draft.description}\n{text}"
    if refusal := _unfit(text, draft.form) or _unfit(longer, draft.form):
        await talk.say(refusal)
        return
    draft.description = longer
    draft.unheard = f"{draft.unheard}\n{text}".strip()
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
    if draft.offered == draft.step and (texts.means("found", text) or texts.means("needless", text)):
        await found(talk)
        return
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
    try:
        if not await _take_heard(talk, draft, text):
            await _take_bare(talk, draft, text)
    except ApiUnreachable:
        await talk.wait("answer", text)


async def _take_bare(talk: Talk, draft: Draft, text: str) -> None:
    """An answer that is nothing but the answer to the open question."""
    if draft.step == "type" and _is_name(tidy(text)):  # people answer with the name itself
        draft.answer("type", "natural")
        draft.step = "name"
    if draft.step == "id_type" and _is_number(text):  # or with the number
        draft.answer("id_type", next(iter(draft.choices("id_type"))))
        draft.step = "id_number"
    elif draft.step == "document" and (await _doubtful(talk, draft, text)):
        return
    elif (note := _not_understood(draft, tidy(text))) and not await _said_again(talk, draft, tidy(text)):
        await ask_again(talk, draft, note)
        await talk.state.update_data(doubted=tidy(text))
        return
    await _answer(talk, draft, tidy(text))


async def _take_heard(talk: Talk, draft: Draft, text: str) -> bool:
    """Note what a text says beside a bare answer (我叫…, 两个一起给, 电话改成…); False where it is a bare one."""
    if draft.step in ("description", "document", *draft.further) or texts.bare(text).isdecimal():
        return False
    heard = await _read(talk, text)
    found = answers(heard, draft) if heard else {}
    if draft.step == "medium" and not found:  # people answer with the way
        found = way_alone(keyboards.way_meant(draft, text), draft)
    if draft.step in ("name", "contact_name", "legal_representative"):
        found.pop("document", None)
    asked = found.get(kind_of(draft.step, text), "")
    if not found or (len(found) == 1 and texts.bare(asked) == texts.bare(text)):
        return False
    note(draft, found)
    draft.step = draft.following()
    told = texts.noted(found, draft)
    before = [await _impossible(talk, heard)] if heard else []
    await _put(talk, draft, [texts.CHANGED.format(noted=told), *before] if told else before)
    return True


async def _impossible(talk: Talk, heard: Heard) -> str:
    """Why the form and the way that somebody named do not go together, as the office says it; else empty."""
    pair = {name: heard.fields[name] for name in ("medium", "way") if name in heard.fields}
    if len(pair) < 2:
        return ""
    try:
        problems = await talk.office.check({"delivery": pair})
    except (ApiRefused, ApiUnreachable):
        return ""  # the way is asked in any case
    return texts.quote(problems.get("delivery.way", ""))


def _is_name(text: str) -> bool:
    return bool(_A_NAME.fullmatch(text)) and not _NO_NAME.search(text)


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
    elif code == FOUND:
        await found(talk)
    elif code == SPLIT:
        draft.description, *draft.rest = draft.parts
        draft.parts, draft.matter = [], ""
        await proceed(talk, draft)
    elif code == CLEAN:
        draft.description = draft.matter
        await ask(talk, draft, texts.CLEANED)
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


async def found(talk: Talk) -> None:
    """What is public already was what they wanted: nothing is filed, nothing is kept, and it is counted."""
    await attaching.forget(talk)
    await talk.state.clear()
    await talk.say(texts.FOUND)
    with suppress(ApiRefused, ApiUnreachable):
        await talk.office.deflected()


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
    draft.filed = [*draft.filed, receipt["number"]]
    await attaching.attach(talk, receipt["number"], receipt["query_code"], more=bool(draft.rest))
    if not draft.rest:
        await telling.offer(talk, draft)
    else:
        following = draft.next_of_several()
        following.step = "summary"
        left = len(following.rest)
        told = texts.NEXT_OF_SEVERAL.format(left=left) if left else texts.LAST_OF_SEVERAL
        await ask(talk, following, told)


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
    if step == "description":
        draft.unheard = value
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
    if draft.step == "name" and (texts.means("apply", text) or text in texts.ALIASES["type"]["natural"]):
        return texts.NO_NAME
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
