"""Every code has its words, once, and every surface that offers a vocabulary offers all of it."""

import importlib
import pkgutil
from typing import Any, get_args

import pytest

from classifier import data
from classifier.model import flags
from intake_api import terms
from intake_api.form.application import StaffSubmission
from intake_api.form.fields import fields
from intake_api.ledger import columns
from intake_api.notices import texts as notice_texts
from intake_api.published import repository
from intake_api.reports import drafts
from intake_api.settings import Settings
from intake_api.statute import annual, deadlines, events, outcomes, sentences, workflow
from intake_api.statute.elements import RECEIPT_BASES
from intake_api.terms import (
    applicant,
    assessment,
    catalogue,
    course,
    delivery,
    handling,
    messages,
    papers,
    receipt,
    telling,
    trail,
)
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
    "Paper": (papers.Paper, papers.PAPERS),
    "Visible": (papers.Visible, papers.VISIBILITY),
    "MessageKind": (messages.MessageKind, messages.MESSAGES),
    "Urgency": (course.Urgency, course.URGENCIES),
    "State of the clock": (deadlines.State, handling.CLOCK_STATES),
}


def step_field(step: str, name: str) -> tuple[str, ...]:
    """The codes that a field of a step takes, as its form, the interface and docs/steps.md have them."""
    return next(field.values for field in workflow.STEPS[step].fields if field.name == name)


def asked(path: str) -> list[str]:
    """The codes that a field of the application takes, as pages, interface, chat and ledger have them."""
    return list(fields(StaffSubmission)[path].ask.words or {})


def states_of_the_table() -> set[str]:
    """Every state that a step begins, ends or is taken in."""
    steps = workflow.STEPS.values()
    return {state for step in steps for state in (*step.sources, step.begins, step.ends) if state}


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
    "ledger: results": (columns.RESULTS, handling.RESULTS),
    "ledger: ways to court": (columns.ROUTES, handling.ROUTES),
    "ledger: deliveries": (columns.COLUMNS["delivery"].words, delivery.SERVICES),
    "form: kinds": (asked("kind"), applicant.KINDS),
    "form: channels": (asked("channel"), receipt.CHANNELS),
    "form: bases": (asked("receipt_basis"), receipt.BASES),
    "form: applicants": (asked("applicant.type"), applicant.APPLICANT_TYPES),
    "form: proofs": (asked("applicant.id_type"), applicant.ID_TYPES),
    "form: proofs of a representative": (asked("applicant.agent.id_type"), applicant.ID_TYPES),
    "form: media": (asked("delivery.medium"), delivery.MEDIA),
    "form: ways": (asked("delivery.way"), delivery.WAYS),
    "steps: bases": (step_field("received", "basis"), receipt.BASES),
    "steps: parties": (step_field("consultation_started", "party"), handling.PARTIES),
    "steps: opinions": (step_field("consultation_ended", "opinion"), handling.OPINIONS),
    "steps: levels": (step_field("secrecy_reviewed", "level"), handling.SECRECY_LEVELS),
    "steps: conclusions": (step_field("secrecy_reviewed", "result"), handling.SECRECY_RESULTS),
    "steps: answers delivered": (step_field("answered", "delivery"), delivery.SERVICES),
    "steps: letters delivered": (step_field("delivered", "way"), delivery.SERVICES),
    "steps: reviews": (step_field("review", "result"), handling.RESULTS),
    "steps: suits": (step_field("litigation", "result"), handling.RESULTS),
    "steps: ways to court": (step_field("litigation", "route"), handling.ROUTES),
    "steps: reviews and suits": (step_field("proceeding_opened", "kind"), handling.PROCEEDINGS),
    "steps: what was decided of a review": (step_field("review", "verdict"), handling.VERDICTS),
    "steps: countersigned or helped": (step_field("countersign_asked", "form"), handling.COUNTERSIGNS),
    "steps: what a department returns": (step_field("countersign_returned", "concurrence"), handling.CONCURRENCES),
    "steps: handed on to": (step_field("transferred", "recipient"), handling.RECIPIENTS),
    "steps: links": (step_field("linked", "relation"), handling.RELATIONS),
    "steps: notices of what is voided": (step_field("voided", "notice"), handling.NOTICE_FATES),
    "steps: ratings": (step_field("rated", "rating"), handling.RATINGS),
    "opinions: what they mean": (sentences._ANY_OPINION, handling.OPINIONS),
    "states of the table": (states_of_the_table(), course.STATUSES),
    "settings: what weighs in an assessment": (Settings().weights, assessment.PARTS),
    "catalogue: columns": (repository.Text._fields, catalogue.COLUMNS),
    "console: states of published items": (texts.CATALOGUE_STATES, catalogue.SHOWN),
    "console: surfaces of deflection": (texts.SURFACES, catalogue.SURFACES),
    "console: what followed": (texts.FOLLOWED, catalogue.WHAT_FOLLOWED),
    "console: links of published items": (texts.LINK_STATES, catalogue.LINKS),
    "console: tabs": (texts.TABS, course.TABS),
    "console: roles": (texts.ROLES, handling.ROLES),
    "console: keys of dispositions": (texts.DISPOSITION_KEYS, handling.DISPOSITIONS),
    "console: urgencies of tabs": (
        {tab.due for tab in course.TABS.values() if tab.due} | {"later", "none"},
        course.URGENCIES,
    ),
    "console: what was told": (texts.TELLINGS, telling.TELLINGS),
    "console: what became of it": (texts.RESULTS_OF_TELLING, telling.RESULTS_OF_TELLING),
    "pages: ways to be told": (texts.POSTS, telling.POSTS),
    "chat: kinds of proof": (FORM.options("applicant.id_type"), applicant.ID_TYPES),
    "chat: applicants": (FORM.options("applicant.type"), applicant.APPLICANT_TYPES),
    "chat: forms": (FORM.options("delivery.medium"), delivery.MEDIA),
    "pages: lists at one press": (texts.MARKS, course.MARKS),
    "pages: acts on the trail": (texts.TRAIL, trail.TRAIL),
    "pages: what an act on the trail was": (texts.TRAIL_FIELDS, trail.TRAIL_FIELDS),
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


def vocabularies() -> dict[str, Vocabulary[Any]]:
    """Every vocabulary of the trade, by the name under which it is imported."""
    modules = (importlib.import_module(f"{terms.__name__}.{one.name}") for one in pkgutil.iter_modules(terms.__path__))
    return {name: one for module in modules for name, one in vars(module).items() if isinstance(one, Vocabulary)}


def test_every_vocabulary_is_walked_through_the_surfaces_that_show_it() -> None:
    walked = [vocabulary for _, vocabulary in SURFACES.values()]
    typed = [vocabulary for _, vocabulary in TYPED.values()]
    left = [name for name, one in vocabularies().items() if not any(one is other for other in walked + typed)]
    assert len(vocabularies()) > 20
    assert left == []


@pytest.mark.parametrize("surface", ["label", "citizen", "notice", "form", "ledger"])
def test_every_member_has_a_word_of_its_own_on_every_surface(surface: str) -> None:
    for name, vocabulary in vocabularies().items():
        words = vocabulary.words(surface)
        assert all(words.values()), name
        assert len(set(words.values())) == len(words), f"{name}: two codes are called the same"


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
