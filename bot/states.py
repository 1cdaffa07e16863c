"""Where a conversation can stand. The names are stored: a renamed one sends its people to the fallback."""

from aiogram.fsm.state import State, StatesGroup


class Apply(StatesGroup):
    """An application being written; each state awaits the step of the same name (bot/draft.py).

    `further` awaits whatever else the office asks (bot/form.py).
    """

    understood = State()
    description = State()
    type = State()
    organisation = State()
    name = State()
    id_type = State()
    id_number = State()
    legal_representative = State()
    contact_name = State()
    contact = State()
    phone = State()
    email = State()
    address = State()
    document = State()
    medium = State()
    way = State()
    summary = State()
    correct = State()
    further = State()


class Supplement(StatesGroup):
    """What a citizen adds to an application that the office asked to have made clear (补正)."""

    text = State()
    confirm = State()


class Status(StatesGroup):
    """A question about an application already made."""

    number = State()
    code = State()


def state_of(step: str) -> State:
    """The state that awaits a step."""
    state: State = getattr(Apply, step, Apply.further)
    return state
