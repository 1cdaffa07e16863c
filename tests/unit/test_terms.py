"""Every code has its words, once, and every surface that offers a vocabulary offers all of it."""

from typing import get_args

import pytest

from classifier import data
from classifier.model import flags
from intake_api.ledger import columns
from intake_api.notices import texts as notice_texts
from intake_api.reports import drafts
from intake_api.statute import annual, events, outcomes, sentences
from intake_api.statute.elements import RECEIPT_BASES
from intake_api.terms import applicant, delivery, handling, receipt
from intake_api.terms.vocabulary import Term, Vocabulary
from intake_api.web import texts
from tests.fakes.form import FORM

TYPED = {
    "ApplicantType": (applicant.ApplicantType, applicant.APPLICANT_TYPES),
    "IdType": (applicant.IdType, applicant.ID_TYPES),
    "Kind": (applicant.Kind, applicant.KINDS),
    "Channel": (receipt.Channel, receipt.CHANNELS),
    "Basis": (receipt.Basis, receipt.BASES),
    "Medium": (delivery.Medium, delivery.MEDIA),
    "Way": (delivery.Way, delivery.WAYS),
    "Service": (delivery.Service, delivery.SERVICES),
    "Disposition": (handling.Disposition, handling.DISPOSITIONS),
    "Party": (handling.Party, handling.PARTIES),
    "Opinion": (handling.Opinion, handling.OPINIONS),
    "Role": (handling.Role, handling.ROLES),
    "Relation": (handling.Relation, handling.RELATIONS),
}
SURFACES = {
    "the classifier's dispositions": (data.DISPOSITIONS, handling.DISPOSITIONS),
    "the statute's dispositions": (outcomes.DISPOSITIONS, handling.DISPOSITIONS),
    "the classifier's flags": (flags.CODES, handling.FLAGS),
    "bases in notices": (RECEIPT_BASES, receipt.BASES),
    "bases in the steps of the clock": ([c for c in sentences._WORDS["basis"] if c], receipt.BASES),
    "parties in the steps of the clock": (sentences._WORDS["party"], handling.PARTIES),
    "silence by party": (sentences._WORDS["silence"], handling.PARTIES),
    "deliveries in the steps of the clock": ([c for c in sentences._WORDS["delivery"] if c], delivery.SERVICES),
    "columns of 表三": (annual.APPLICANTS, applicant.APPLICANT_TYPES),
    "channels in notices": (notice_texts.CHANNELS, receipt.CHANNELS),
    "ledger: channels": (columns.COLUMNS["channel"].words, receipt.CHANNELS),
    "ledger: bases": (columns.COLUMNS["receipt_basis"].words, receipt.BASES),
    "ledger: ways": (columns.COLUMNS["delivery_way"].words, delivery.WAYS),
    "console: channels": (texts.CHANNELS, receipt.CHANNELS),
    "console: flags": (texts.FLAGS, handling.FLAGS),
    "statistics before 2019": ([line.code for line in drafts.classic([]).channels], receipt.CHANNEL_GROUPS),
    "groups of channels": (sorted({c.group for c in receipt.CHANNELS.values()}), sorted(receipt.CHANNEL_GROUPS)),
    "chat: kinds of proof": (FORM.options("applicant.id_type"), applicant.ID_TYPES),
    "chat: applicants": (FORM.options("applicant.type"), applicant.APPLICANT_TYPES),
    "chat: forms": (FORM.options("delivery.medium"), delivery.MEDIA),
    "chat: ways": ([*FORM.options("delivery.way"), "fax"], delivery.WAYS),
}


@pytest.mark.parametrize("name", TYPED)
def test_a_type_and_its_vocabulary_have_the_same_codes(name: str) -> None:
    literal, vocabulary = TYPED[name]
    assert sorted(get_args(literal)) == sorted(vocabulary)


@pytest.mark.parametrize("name", SURFACES)
def test_a_surface_offers_every_code_and_no_other(name: str) -> None:
    offered, vocabulary = SURFACES[name]
    assert sorted(offered) == sorted(vocabulary)


def test_a_word_means_one_code_only() -> None:
    for vocabulary in (vocabulary for _, vocabulary in TYPED.values()):
        said = [word for words in vocabulary.said().values() for word in words]
        assert len(said) == len(set(said)), said


def test_a_word_of_a_surface_takes_the_place_of_the_label_there_alone() -> None:
    words = Vocabulary(Term(code="a", label="甲", notice="乙", also=("丙",)), Term(code="b", label="丁"))
    assert words.words() == {"a": "甲", "b": "丁"}
    assert words.words("notice") == {"a": "乙", "b": "丁"}
    assert words.said() == {"a": ("甲", "乙", "丙"), "b": ("丁",)}


def test_events_know_the_vocabularies() -> None:
    assert events.FIELDS["received"]["basis"] is False
