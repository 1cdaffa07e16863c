"""What needs what: a way of delivery its address, a choice the one it fits."""

from collections.abc import Mapping
from dataclasses import dataclass

from intake_api.terms.applicant import APPLICANT_TYPES, ID_TYPES
from intake_api.terms.delivery import MEDIA, WAYS

_UNDELIVERABLE = {
    "email": "用电子邮件接收的，请填写电子邮箱；也可以改选别的方式。",
    "address": "邮寄的，请填写通信地址；也可以改选别的方式。",
}


@dataclass(frozen=True, slots=True)
class Need:
    """The field `name` is needed where the field `by` has the answer `code`; fields by their path."""

    name: str
    by: str
    code: str
    sentence: str


# The interface accepts an application without them, as the office must; a form can ask.
NEEDS = tuple(
    Need(f"applicant.{way.needs}", "delivery.way", way.code, _UNDELIVERABLE[way.needs])
    for way in WAYS.values()
    if way.needs
)
# What a choice fits: for the codes of a field, the answers to another with which they go together.
FITS: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "applicant.id_type": (
        "applicant.type",
        {
            proof.code: tuple(
                kind for kind in APPLICANT_TYPES if (proof.natural if kind == "natural" else proof.organisation)
            )
            for proof in ID_TYPES.values()
        },
    ),
    "delivery.way": (
        "delivery.medium",
        {way: tuple(one.code for one in MEDIA.values() if way in one.ways) for way in WAYS},
    ),
}
