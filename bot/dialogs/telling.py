"""The offer to tell by e-mail as well, made once the receipt is there: one sentence, never in the way of anything."""

import re

from bot import texts
from bot.api_client import ApiRefused, ApiUnreachable
from bot.draft import Draft
from bot.talk import Talk

_ADDRESS = re.compile(r"[^\s@＠，。；：、<>]{1,64}[@＠][^\s@＠，。；：、<>]{1,190}")
_BESIDE = 12
"""Characters beside an address with which a message still says nothing else (我的邮箱是…)."""


async def offer(talk: Talk, draft: Draft) -> None:
    """Send the question to the address that the applicant gave, or offer to take one; where the office sends mail."""
    if "email" not in draft.form.told or not draft.filed:
        return
    address = draft.answers.get("email")
    if address and await _ask(talk, draft.filed, address) is None:
        await talk.say(texts.TOLD_BY_MAIL_TOO.format(address=texts.quote(address)))
    elif not address:
        await talk.state.update_data(tell=draft.filed)
        await talk.say(texts.TELL_BY_MAIL)


async def taken(talk: Talk, text: str) -> bool:
    """Take the answer to that offer, said right after it: an address, or that none is wanted; False for all else."""
    numbers = (await talk.state.get_data()).get("tell")
    if not numbers:
        return False
    if texts.means("no_mail", text):
        await talk.state.update_data(tell=None)
        await talk.say(texts.TELL_NOT)
        return True
    found = _ADDRESS.search(text[: texts.SHORT])
    if found is None or len(text) - len(found[0]) > _BESIDE:
        return False
    problem = await _ask(talk, numbers, found[0])
    if problem is None:
        await talk.state.update_data(tell=None)
    await talk.say(problem or texts.TELL_ASKED.format(address=texts.quote(found[0])))
    return True


async def _ask(talk: Talk, numbers: list[str], address: str) -> str | None:
    """Have the office ask at an address, for each application; why it does not, where it does not."""
    for number in numbers:
        held = await talk.watches.of_number(number)
        if held is None:
            continue
        try:
            await talk.office.tell(number, held.query_code, address)
        except ApiRefused as refusal:
            return texts.quote(next(iter(refusal.fields.values()), refusal.message))
        except ApiUnreachable:
            return texts.TELL_LATER
    return None
