"""Models on disk: a directory each, written whole or not at all, refused when damaged or foreign; which one is live.

<version>/manifest.json   what it is, how it was made and measured, hashes of the other files and of itself
          weights.npz     arrays only, never loaded with pickle
          card.md         the model card, for people
          cases.txt       keyed digests of the answered cases it learned from, one a line; absent where none
active                    the version in use            history.jsonl   every decision on it, oldest first
tuning.json               how far its limits have moved, and when; of another version it counts for nothing
"""

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from classifier.errors import ModelError
from classifier.model.calibrate import Calibration
from classifier.model.disposition import TRAINED
from classifier.model.flags import CODES
from classifier.model.model import Advice, Duties, Head, Label, Limits, Model, Trial
from classifier.model.signs import SIGNS
from classifier.model.tuning import Tuning
from classifier.store.card import card
from classifier.text.features import STEPS, Vocabulary
from classifier.text.segment import Segmenter, segmenter

FORMAT = "gongkai-classifier"
SCHEMA = 3
# The columns of models whose manifests do not name them, in the order of the program that wrote those.
_COLUMNS_BEFORE_NAMES: dict[str, list[Any]] = {
    "dispositions": ["public", "partially_public", "not_held", "unclear"],
    "flags": [
        "already_published",
        "complaint",
        "consultation",
        "publication",
        "register_query",
        "needs_processing",
        "third_party",
        "exception_risk",
        "repeat",
        "excessive",
        "correction",
        "several_matters",
        "missing_particulars",
    ],
    "steps": [8, 12, 18, 30, 60, 120, 250],
}
_MANIFEST, _WEIGHTS, _CARD, _CASES = "manifest.json", "weights.npz", "card.md", "cases.txt"
_TUNING = "tuning.json"


def save(model: Model, directory: Path, on: date, cases: Iterable[str] = ()) -> str:
    """Write a model directory and return its version, `YYYY.MM.DD-` and seven hex digits of its contents.

    `cases` are keyed digests of the answered cases among its rows (`learned_cases` gives them back).
    An earlier model directory of that name is replaced; anything else there is left alone: ModelError `not_a_model`.
    """
    if (
        directory.exists()
        and not (directory / _MANIFEST).is_file()
        and (not directory.is_dir() or any(directory.iterdir()))
    ):
        raise ModelError("not_a_model", f"{directory} 已存在且不是模型目录，不会覆盖。")
    weights = _pack(model)
    manifest = _describe(model, on, weights)
    files = {_WEIGHTS: weights, _CARD: card(manifest).encode()}
    if learned := sorted(cases):
        files[_CASES] = "\n".join(learned).encode()
    manifest["files"] = {name: _sha256(content) for name, content in files.items()}
    manifest["digest"] = _digest(manifest)
    files[_MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    try:
        _write_directory(directory, files)
    except OSError as error:
        raise ModelError("model_not_written", f"模型目录写不进去：{directory}（{error.strerror}）") from None
    return str(manifest["version"])


def read_manifest(directory: Path) -> dict[str, Any]:
    """Read and verify the manifest of a model directory.

    Raises ModelError: `model_missing`, `model_foreign`, `model_schema`, `model_damaged`.
    """
    try:
        manifest = json.loads((directory / _MANIFEST).read_bytes())
    except OSError:
        raise ModelError("model_missing", f"{directory} 中没有模型。") from None
    except (ValueError, RecursionError):
        raise ModelError("model_damaged", "模型的 manifest.json 已损坏。") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelError("model_foreign", f"{directory} 不是本系统的模型。")
    if manifest.get("schema") != SCHEMA:
        raise ModelError("model_schema", f"模型的格式版本是 {manifest.get('schema')}，本程序只认 {SCHEMA}。")
    if manifest.get("digest") != _digest(manifest):
        raise ModelError("model_damaged", "模型的 manifest.json 与其校验值不符。")
    return manifest


def load(directory: Path) -> tuple[Model, str]:
    """Read and verify a model and its version.

    Raises ModelError as read_manifest does, and `segmenter_differs`, `model_columns`.
    """
    manifest = read_manifest(directory)
    contents = {name: _verified(directory, name, manifest) for name in _files(manifest)}
    try:
        with np.load(io.BytesIO(contents[_WEIGHTS]), allow_pickle=False) as arrays:
            return _unpack(manifest, arrays), manifest["version"]
    except (KeyError, TypeError, ValueError, BadZipFile):
        raise ModelError("model_damaged", "模型的内容不完整。") from None


def check(directory: Path) -> None:
    """Verify that a model can be loaded here, without its cost. Raises ModelError as `load` does."""
    manifest = read_manifest(directory)
    for name in _files(manifest):
        _verified(directory, name, manifest)
    _same_segmenter(manifest["segmenter"])
    if manifest["advice"]:
        _columns(manifest["advice"])


def learned_cases(directory: Path) -> frozenset[str]:
    """Keyed digests of the answered cases a model learned from. Raises ModelError as read_manifest does."""
    manifest = read_manifest(directory)
    learned = _CASES in _files(manifest)
    return frozenset(_verified(directory, _CASES, manifest).decode().split() if learned else ())


def _files(manifest: dict[str, Any]) -> list[str]:
    """Files beside the manifest: the first two always, and no others than these."""
    return [_WEIGHTS, _CARD, *([_CASES] if _CASES in manifest.get("files", {}) else [])]


def _verified(directory: Path, name: str, manifest: dict[str, Any]) -> bytes:
    try:
        content = (directory / name).read_bytes()
    except OSError:
        raise ModelError("model_damaged", f"模型目录缺少 {name}。") from None
    if _sha256(content) != manifest.get("files", {}).get(name):
        raise ModelError("model_damaged", f"模型文件 {name} 与其校验值不符。")
    return content


@dataclass(frozen=True)
class Entry:
    """One registered model."""

    version: str
    active: bool
    manifest: dict[str, Any]


class Registry:
    """The models of one data directory and which of them is live."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def entries(self) -> list[Entry]:
        """All readable models, oldest version first; a damaged one is left out, `path` of it says why."""
        active = self.active()
        found = []
        for path in sorted(self.root.glob(f"*/{_MANIFEST}")):
            try:
                manifest = read_manifest(path.parent)
            except ModelError:
                continue
            found.append(Entry(path.parent.name, path.parent.name == active, manifest))
        return found

    def path(self, version: str) -> Path:
        """Directory of a registered version. Raises ModelError `model_unknown`."""
        if (
            version in ("", ".", "..")
            or Path(version).name != version
            or not (self.root / version / _MANIFEST).is_file()
        ):
            raise ModelError("model_unknown", f"没有版本为 {version} 的模型。")
        return self.root / version

    def add(self, directory: Path) -> str:
        """Copy a verified model directory in under its version; the same version again changes nothing."""
        version = load(directory)[1]
        if not (self.root / version).exists():
            names = [_MANIFEST, *_files(read_manifest(directory))]
            files = {name: (directory / name).read_bytes() for name in names}
            _write_directory(self.root / version, files)
        return version

    def active(self) -> str | None:
        """Tell the live version, None where none was promoted yet."""
        try:
            return (self.root / "active").read_text().strip() or None
        except OSError:
            return None

    def tuning(self) -> tuple[Tuning, datetime | None]:
        """How far the limits of the live version have moved and since when; as learned where nothing moved them."""
        try:
            kept = json.loads((self.root / _TUNING).read_bytes())
            if kept["version"] == self.active():
                return Tuning(kept["miss"], kept["wrong"]), datetime.fromisoformat(kept["at"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # damaged or not there: the limits are those that were learned
        return Tuning(), None

    def tune(self, tuning: Tuning, at: datetime, by: str, sets: tuple[int, int], confident: tuple[int, int]) -> None:
        """Move the limits of the live version, and put on record from where, to where, and on which decisions.

        `sets` and `confident`: of how many decisions (second) the promise was broken (first).
        """
        before, _ = self.tuning()
        moved = {"miss": [before.miss, tuning.miss], "wrong": [before.wrong, tuning.wrong]}
        seen = {"sets": list(sets), "confident": list(confident)}
        self._record(at, "tune", self.active() or "", by, tuning=moved | seen)
        kept = json.dumps({"version": self.active(), "at": at.isoformat()} | asdict(tuning))
        _write(self.root / f".{_TUNING}", kept.encode())
        (self.root / f".{_TUNING}").replace(self.root / _TUNING)
        _sync(self.root)

    def propose(self, version: str, at: datetime, by: str, verdict: Mapping[str, Any]) -> None:
        """Put on record how a new version compared with the live one; nothing changes until somebody promotes it."""
        self._record(at, "propose", version, by, verdict=verdict)

    def verdict_on(self, version: str) -> dict[str, Any] | None:
        """The latest comparison of a version with the one that is live now; None where there was none."""
        active = self.active()
        for decision in reversed(self.history()):
            if decision["version"] == version and decision["before"] == active and decision.get("verdict"):
                verdict: dict[str, Any] = decision["verdict"]
                return verdict
        return None

    def promote(
        self,
        version: str,
        at: datetime,
        by: str,
        verdict: Mapping[str, Any] | None,
        force: bool = False,
        *,
        forgotten: Collection[str],
    ) -> None:
        """Make a version live and record by whom, with the verdict of the gate; None for the first model.

        Raises ModelError `gate_refused` (recorded too) where the verdict refuses and `force` does not overrule it, and
        `learned_forgotten`, which nothing overrules, where it learned from a case whose digest is in `forgotten`.
        """
        self._fit_to_go_live(version, forgotten)
        accepted = force or verdict is None or bool(verdict["accepted"])
        self._record(at, "promote" if accepted else "refuse", version, by, verdict=verdict, forced=force)
        if not accepted:
            raise ModelError("gate_refused", f"未通过比较，没有启用：{'；'.join((verdict or {})['reasons'])}")
        self._activate(version)

    def _fit_to_go_live(self, version: str, forgotten: Collection[str]) -> None:
        load(self.path(version))
        if not learned_cases(self.path(version)).isdisjoint(forgotten):
            raise ModelError("learned_forgotten", f"{version} 学过已不再用于训练的申请，不能启用；请重新训练一个。")

    def rollback(self, at: datetime, by: str, *, forgotten: Collection[str]) -> str:
        """Make the version live that was so before the present one.

        Raises ModelError `nothing_to_roll_back`, and `learned_forgotten` as `promote` does.
        """
        promoted = []
        for decision in self.history():
            if decision["action"] == "promote":
                promoted.append(decision["version"])
            elif decision["action"] == "rollback" and promoted:
                promoted.pop()
        if len(promoted) < 2:
            raise ModelError("nothing_to_roll_back", "没有更早启用过的模型可以恢复。")
        self._fit_to_go_live(promoted[-2], forgotten)
        self._record(at, "rollback", promoted[-2], by)
        self._activate(promoted[-2])
        return str(promoted[-2])

    def history(self) -> list[dict[str, Any]]:
        """Every decision, oldest first; a line that was cut short (a full disk) decided nothing."""
        try:
            lines = (self.root / "history.jsonl").read_bytes().splitlines()
        except OSError:
            return []
        return [decision for line in lines if (decision := _decision(line))]

    def _record(self, at: datetime, action: str, version: str, by: str, **more: Any) -> None:
        stated = {"at": at.isoformat(), "action": action, "version": version, "by": by, "before": self.active()}
        decision = json.dumps(stated | more, ensure_ascii=False)
        with (self.root / "history.jsonl").open("a+b") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - 1, 0))
            cut_short = file.read() not in (b"", b"\n")
            file.write((b"\n" if cut_short else b"") + decision.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _activate(self, version: str) -> None:
        pointer = self.root / ".active"
        _write(pointer, version.encode())
        pointer.replace(self.root / "active")
        _sync(self.root)


def _decision(line: bytes) -> dict[str, Any] | None:
    try:
        decision = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(decision, dict) and {"at", "action", "version", "by", "before"} <= decision.keys()
    return decision if whole else None


def _pack(model: Model) -> bytes:
    vocabulary, head, advice, duties = model.vocabulary, model.departments, model.advice, model.duties
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "words": np.frombuffer("\n".join(vocabulary.words).encode(), np.uint8),
        "codes": vocabulary.codes,
        "subject_codes": vocabulary.subject_codes,
        "idf": vocabulary.idf,
        "weight": head.weight,
        "coef": head.coef,
        "intercept": head.intercept,
        "duty_columns": duties.columns,
        "duty_pointers": duties.pointers,
        "duty_index": duties.index,
        "duty_value": duties.value,
    }
    if advice:
        arrays |= {
            "advice_coef": advice.head.coef,
            "advice_intercept": advice.head.intercept,
            "advice_by_size": advice.by_size,
        }
    if model.trial:
        arrays |= {"trial_chances": model.trial.chances, "trial_truth": model.trial.truth.astype(np.int16)}
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _describe(model: Model, on: date, weights: bytes) -> dict[str, Any]:
    advice = model.advice
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "schema": SCHEMA,
        "departments": [asdict(label) for label in model.labels],
        "calibration": asdict(model.calibration),
        "limits": asdict(model.limits),
        **({"shares": list(model.shares)} if model.shares else {}),
        "advice": _describe_advice(advice) if advice else None,
        "duties": list(model.duties.texts),
        "segmenter": {
            "name": model.segmenter.name,
            "version": model.segmenter.version,
            "user_words": list(model.segmenter.user_words),
            "fingerprint": model.segmenter.fingerprint,
        },
        **model.facts,
    }
    contents = _sha256(weights + json.dumps(manifest, sort_keys=True).encode())
    return manifest | {"version": f"{on:%Y.%m.%d}-{contents[:7]}"}


def _describe_advice(advice: Advice) -> dict[str, Any]:
    columns = {"dispositions": list(advice.dispositions), "flags": list(advice.flagged), "steps": list(advice.steps)}
    return {"calibration": asdict(advice.calibration), "flags": advice.flags, "signs": advice.signs, "columns": columns}


def _unpack(manifest: dict[str, Any], arrays: Mapping[str, np.ndarray[Any, Any]]) -> Model:
    words = bytes(arrays["words"]).decode()
    vocabulary = Vocabulary(
        words={word: place for place, word in enumerate(words.split("\n") if words else ())},
        codes=arrays["codes"],
        subject_codes=arrays["subject_codes"],
        idf=arrays["idf"],
    )
    labels, limits = tuple(Label(**label) for label in manifest["departments"]), Limits(**manifest["limits"])
    departments = Head(arrays["weight"], arrays["coef"], arrays["intercept"])
    _as_many(len(labels), departments.coef.shape[1], len(departments.intercept), len(limits.set_thresholds))
    return Model(
        labels=labels,
        segmenter=_same_segmenter(manifest["segmenter"]),
        vocabulary=vocabulary,
        departments=departments,
        calibration=Calibration(**manifest["calibration"]),
        limits=limits,
        advice=_advice(manifest["advice"], vocabulary, arrays) if manifest["advice"] else None,
        duties=Duties(
            pointers=arrays["duty_pointers"],
            index=arrays["duty_index"],
            value=arrays["duty_value"],
            texts=tuple(manifest["duties"]),
            columns=arrays["duty_columns"],
        ),
        facts=manifest,
        trial=_trial(len(labels), arrays),
        shares=_shares(len(labels), manifest),
    )


def _shares(classes: int, manifest: dict[str, Any]) -> tuple[float, ...]:
    shares = tuple(map(float, manifest.get("shares", ())))
    _as_many(classes, len(shares) or classes)
    return shares


def _trial(classes: int, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Trial | None:
    """None for a model of before there were any."""
    if "trial_chances" not in arrays:
        return None
    trial = Trial(arrays["trial_chances"], arrays["trial_truth"].astype(np.int64))
    _as_many(classes, trial.chances.shape[1])
    _as_many(len(trial.chances), len(trial.truth))
    return trial


def _advice(learned: dict[str, Any], vocabulary: Vocabulary, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Advice:
    dispositions, flagged, steps = _columns(learned)
    head = Head(vocabulary.idf, arrays["advice_coef"], arrays["advice_intercept"])
    named = [*dispositions, *flagged]
    _as_many(len(named), len(set(named)), head.coef.shape[1], len(head.intercept), arrays["advice_by_size"].shape[1])
    return Advice(
        dispositions=dispositions,
        flagged=flagged,
        steps=steps,
        head=head,
        by_size=arrays["advice_by_size"],
        calibration=Calibration(**learned["calibration"]),
        flags={code: (with_rule, alone) for code, (with_rule, alone) in learned["flags"].items()},
        signs=learned.get("signs", {}),  # models of before there were any have none
    )


def _columns(learned: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]:
    """Dispositions, flags and steps by name; ModelError `model_columns` for one that this program does not know."""
    columns = learned.get("columns", _COLUMNS_BEFORE_NAMES)
    dispositions, flagged, steps = (tuple(columns[name]) for name in ("dispositions", "flags", "steps"))
    strange = {*dispositions} - {*TRAINED} | ({*flagged} | {*learned["flags"]}) - {*CODES}
    for code, own in learned.get("signs", {}).items():
        strange |= {*own} - {*SIGNS.get(code, ())}
    if strange or steps != tuple(STEPS.tolist()):
        told = "、".join(sorted(strange)) or "另一套长度分级"
        raise ModelError("model_columns", f"这个模型带有本程序不认识的内容：{told}。请用本程序重新训练。")
    return dispositions, flagged, steps


def _as_many(*numbers: int) -> None:
    if len(set(numbers)) > 1:
        raise ValueError("names and columns are not as many")


def _same_segmenter(wanted: dict[str, Any]) -> Segmenter:
    try:
        found = segmenter(wanted["name"], wanted["user_words"])
    except ImportError:
        raise ModelError("segmenter_differs", f"这个模型需要分词组件 {wanted['name']}，本机没有安装。") from None
    if found.fingerprint != wanted["fingerprint"]:
        raise ModelError("segmenter_differs", f"分词组件 {found.name} {found.version} 的分词与训练时不同，请重新训练。")
    return found


def _digest(manifest: dict[str, Any]) -> str:
    content = {key: value for key, value in manifest.items() if key != "digest"}
    return _sha256(json.dumps(content, sort_keys=True).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write_directory(directory: Path, files: Mapping[str, bytes]) -> None:
    """All files or none: written beside, synced, renamed into place."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".new-") as beside:
        fresh, old = Path(beside) / "fresh", Path(beside) / "old"
        fresh.mkdir()
        for name, content in files.items():
            _write(fresh / name, content)
        _sync(fresh)
        if directory.exists():
            directory.rename(old)
        fresh.rename(directory)
        _sync(directory.parent)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
