"""Files that wait in a chat go to an application: once it is made, or to one that is there already."""

from bot import texts
from bot.api_client import ApiRefused, ApiUnreachable
from bot.talk import Talk
from bot.uploads import Upload


async def attach(talk: Talk, number: str, code: str, *, more: bool = False) -> None:
    """Hand in what waits, and say which went and which not, and why; what cannot go now waits on.

    `more`: another application of the same applicant follows, which gets them too.
    """
    done: list[Upload] = []
    problems: list[str] = []
    gone: list[int] = []
    for one in await talk.uploads.of_chat(talk.bot.id, talk.chat_id):
        try:
            await talk.office.attach(number, code, one.name, one.raw)
        except ApiUnreachable:
            await _forget(talk, gone)
            await talk.wait("attach", [number, code])
            return
        except ApiRefused as refusal:
            problems.append(texts.file_refused(one.name, refusal.message))
            gone += [] if refusal.retry_later else [one.id]
        else:
            done.append(one)
            gone += [] if more else [one.id]
    await _forget(talk, gone)
    if said := texts.attached(number, [one.name for one in done], problems):
        await talk.say(said)


async def forget(talk: Talk) -> None:
    """The application is not made after all: what was sent for it is deleted with it."""
    await _forget(talk, await talk.uploads.ids(talk.bot.id, talk.chat_id))


async def _forget(talk: Talk, ids: list[int]) -> None:
    if ids:
        await talk.uploads.drop(ids)
