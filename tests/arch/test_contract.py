"""The contract names the verbs, options, settings and calls that there are, and marks those that are not yet."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from typer.main import get_command

from intake_api.cli import app
from intake_api.office import Office
from intake_api.settings import Settings
from tests.routes import routes_of

CONTRACT = (Path(__file__).parents[2] / "docs" / "contract.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\d)\.(.*?)(?=^## |\Z)", CONTRACT, re.MULTILINE | re.DOTALL))
Call = tuple[str, str]


# --- command line


def cells(section: str, *, marked: bool = False) -> list[str]:
    """The code of the first cells of a section's tables, `\\|` as it is read; `marked`: what is not there yet alone."""
    firsts = re.findall(r"^\| (`.*?) \| ", SECTIONS[section], re.MULTILINE)
    pattern = r"`([^`]+)` \*\(not yet\)\*" if marked else r"`([^`]+)`"
    return [code.replace("\\|", "|") for first in firsts for code in re.findall(pattern, first)]


def verbs_of(code: str) -> list[str]:
    """`user list|passwd` is two verbs, `user add --role clerk|officer [--x]` is one: a choice of a value is none."""
    words, verbs = code.removeprefix("gongkai ").split("|"), []
    group, value = words[0].split()[0], False
    for word in words:
        if not value:
            verbs.append(word if word is words[0] else f"{group} {word}")
        else:
            verbs[-1] += "|" + word
        value = bool(re.search(r"--[\w-]+ \S+$", word)) or (value and " " not in word)
    return verbs


def command(verb: str) -> click.Command | None:
    """The command that a line of the contract calls; None where there is none."""
    found: click.Command = get_command(app)
    for word in verb.split():
        if not hasattr(found, "commands"):
            break
        if word not in found.commands:
            return None
        found = found.commands[word]
    return found


VERBS = [verb for code in cells("2") for verb in verbs_of(code)]
MISSING = {verb for code in cells("2", marked=True) for verb in verbs_of(code)}


def test_the_lines_of_the_contract_are_taken_apart_rightly() -> None:
    assert verbs_of("gongkai models list|show V|promote V [--force]") == [
        "models list",
        "models show V",
        "models promote V [--force]",
    ]
    assert verbs_of("gongkai user add NAME --role clerk|officer [--x Y]") == [
        "user add NAME --role clerk|officer [--x Y]"
    ]
    assert calls("`GET` and `POST /a/{n}/b` `{x}`, `PUT …/{id}`; `GET /c/d?e=` … `/f`") == {
        ("GET", "/a/{}/b"),
        ("POST", "/a/{}/b"),
        ("PUT", "/a/{}/b/{}"),
        ("GET", "/c/d"),
        ("GET", "/c/f"),
    }


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_of_the_contract_exists_with_its_options_or_is_said_to_be_missing(verb: str) -> None:
    found = command(verb)
    assert (found is None) == (verb in MISSING)
    if found:
        options = {name for parameter in found.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", verb)) <= options


def leaves(found: click.Command, path: str = "") -> Iterator[str]:
    if not hasattr(found, "commands"):
        yield path.strip()
    for name, each in getattr(found, "commands", {}).items():
        yield from leaves(each, f"{path} {name}")


def test_every_verb_that_there_is_stands_in_the_contract() -> None:
    there = set(leaves(get_command(app)))
    assert len(there) > 35
    assert {verb for verb in there if not any(f"{named} ".startswith(f"{verb} ") for named in VERBS)} == set()


def test_every_setting_stands_in_the_contract() -> None:
    names = {name.upper() for name in Settings.model_fields} - {"DEMO"}
    assert {name for name in names if f"`{name}`" not in SECTIONS["2"]} == set()


# --- HTTP


def calls(text: str) -> set[Call]:
    """Methods and addresses of a text's code, parameters without their names.

    `…/{id}` goes on from the last whole address, `/withdrawal` alone stands beside it, `GET` alone is of the next.
    """
    found, waiting, whole, last = set(), [], "", ""
    for code in re.findall(r"`([^`]+)`", text):
        taken = re.match(r"(?:(GET|POST|PUT|DELETE)(?:\s+|$))?(…?/[^\s?]*)?", code)
        method, path = taken.groups() if taken else (None, None)
        if not path:
            waiting += [method] if method else []
            continue
        if path.startswith("…"):
            path = whole + path[1:]
        elif not method:
            method, path = last, whole.rsplit("/", 1)[0] + path
        else:
            whole = path
        last = method or last
        found |= {(one, re.sub(r"\{\w+\}", "{}", path)) for one in (*waiting, last)}
        waiting = []
    return found


def test_every_call_of_the_contract_exists_and_every_one_that_exists_is_in_it(office: Office) -> None:
    prefix, outside = "/api/v1", {"/healthz", "/readyz", "/metrics"}
    served = {
        (route.method, re.sub(r"\{\w+\}", "{}", route.path.removeprefix(prefix)))
        for route in routes_of(office)
        if route.path in outside or (route.path.startswith(prefix) and "/service/" not in route.path)
    }
    missing = calls(" ".join(f"`{code}`" for code in cells("3", marked=True)))
    assert calls(SECTIONS["3"]) == served | missing
    assert not served & missing


def test_every_clock_event_type_is_in_the_contract() -> None:
    from intake_api.statute.events import TYPES

    for kind in TYPES:
        assert f"`{kind}`" in CONTRACT, kind
