"""The classifier's part of `gongkai bench`, beside two plain scikit-learn pipelines in the same run.

Texts are the real messages of MEASURE_DATA (by default shared/data beside the project), read by path and never kept;
where there are none, the authored requests.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from intake_api.wiring.offices import load_settings
from intake_api.wiring.shipped import HOLDOUT, PROFILE, REQUESTS, ROOT

if TYPE_CHECKING:
    from classifier.data import Row

MESSAGES = Path(os.environ.get("MEASURE_DATA", ROOT.parent / "shared" / "data")) / "messages_open.jsonl"
TEXTS, TRAINED_ON, LENGTHS, CURVE = 2_000, 10_000, (1_000, 10_000, 100_000), (250, 500, 1_000, 2_000)
SHOWN = ("n", "accuracy", "macro_f1", "top3", "ece", "set_coverage", "mean_set_size")
# What a server does before it can answer, in a process of its own; `texts` come as JSON on standard input.
_SERVING = """
import json, resource, sys, time
from pathlib import Path
texts = json.load(sys.stdin)
began = time.perf_counter()
from classifier.serve.predict import Predictor
imported = time.perf_counter()
predictor = Predictor.load(Path(sys.argv[1]))
loaded = time.perf_counter()
for text in texts:
    predictor.suggest(text)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"import_s": imported - began, "load_s": loaded - imported, "peak_mb": peak / 1024}))
"""

Pipeline = Callable[[Sequence[str]], Sequence[str]]


def measure(less: int) -> dict[str, Any]:
    """All figures, CPU time of one core unless said otherwise; `less` > 1 is a smoke test without accuracies."""
    from classifier.data import load
    from classifier.serve.predict import Predictor
    from intake_api.wiring.serving import model_in_use

    requests = load([REQUESTS])
    messages = load([MESSAGES]) if MESSAGES.is_file() else []
    rows = (messages or requests)[: TEXTS // less]
    texts, joined = [(row.text, row.subject) for row in rows], [f"{row.subject}\n{row.text}" for row in rows]
    directory = model_in_use(load_settings().data)
    predictor = Predictor.load(directory)
    predictor.suggest("预热")
    batch = _per_second(lambda: predictor.suggest_many(texts, reasons=False), len(texts))
    ours = {
        "suggestion": _per_call(lambda row: predictor.suggest(row.text, row.subject, reasons=False), rows),
        "suggestion_with_reasons": _per_call(lambda row: predictor.suggest(row.text, row.subject), rows),
        "batch_per_second": batch,
        "batch_with_reasons_per_second": _per_second(lambda: predictor.suggest_many(texts), len(texts)),
        "serving_process": _serving(directory, [text for text, _ in texts[:200]]),
        "train_s": _training(requests, TRAINED_ON // less),
        "ms_by_length": {str(length): _long(predictor.suggest, length) for length in LENGTHS},
    }
    theirs = {name: _rival(train(requests[::less]), joined) for name, train in RIVALS.items()}
    result: dict[str, Any] = {
        "texts": {
            "source": "messages" if messages else "requests",
            "n": len(texts),
            "median_characters": statistics.median(len(text) for text, _ in texts),
        },
        "model": predictor.version,
        "ours": ours,
        **theirs,
        "batch_faster_than_plain": round(batch / theirs["plain"]["batch_per_second"], 2),
    }
    return result | ({"accuracy": _accuracies(requests, messages)} if less == 1 else {})


def _rival(predict: "Pipeline", texts: Sequence[str]) -> dict[str, Any]:
    return {
        "one_text": _per_call(lambda text: predict([text]), texts),
        "batch_per_second": _per_second(lambda: predict(texts), len(texts)),
    }


def _per_call(call: Callable[[Any], object], items: Sequence[Any]) -> dict[str, float]:
    spent = []
    for item in items:
        started = time.process_time()
        call(item)
        spent.append((time.process_time() - started) * 1000)
    return {"p50_ms": round(statistics.median(spent), 3), "p99_ms": round(statistics.quantiles(spent, n=100)[98], 3)}


def _per_second(call: Callable[[], object], number: int) -> float:
    started = time.process_time()
    call()
    return round(number / (time.process_time() - started), 1)


def _serving(directory: Path, texts: list[str]) -> dict[str, float]:
    """Wall seconds to import and to load, and peak memory after some suggestions, in a fresh process."""
    done = subprocess.run(  # noqa: S603 - this interpreter, this program
        [sys.executable, "-c", _SERVING, str(directory)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return {name: round(value, 3) for name, value in json.loads(done.stdout).items()}


def _training(requests: "Sequence[Row]", number: int) -> float:
    """CPU seconds to train on `number` different texts: the requests, then their first and second halves."""
    from classifier.learn import train
    from classifier.profile import Profile

    first = [replace(row, text=row.text[: len(row.text) // 2]) for row in requests]
    second = [replace(row, text=row.text[len(row.text) // 2 :]) for row in requests]
    rows = [*requests, *first, *second][:number]
    started = time.process_time()
    train.train(rows, Profile.load(PROFILE))
    return round(time.process_time() - started, 1)


def _long(suggest: Callable[[str], object], length: int) -> float:
    """Best of three: milliseconds for one text of so many characters."""
    text = ("申请公开河东片区征收土地预公告和安置补偿方案，我们村去年被征了地，钱到现在没有发。" * length)[:length]
    spent = []
    for _ in range(3):
        started = time.process_time()
        suggest(text)
        spent.append((time.process_time() - started) * 1000)
    return round(min(spent), 2)


def _plain(rows: "Sequence[Row]") -> Pipeline:
    """Learn as everybody would: jieba, TfidfVectorizer and LogisticRegression as they come."""
    from sklearn.linear_model import LogisticRegression

    return _fitted(rows, LogisticRegression(max_iter=1000), sublinear_tf=False)


def _words_svc(rows: "Sequence[Row]") -> Pipeline:
    """Learn the strongest of the simple recipes: jieba words and a balanced LinearSVC."""
    from sklearn.svm import LinearSVC

    return _fitted(rows, LinearSVC(C=0.5, class_weight="balanced", random_state=0), sublinear_tf=True)


RIVALS = {"plain": _plain, "words_svc": _words_svc}


def _fitted(rows: "Sequence[Row]", model: Any, *, sublinear_tf: bool) -> Pipeline:
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer

    jieba.setLogLevel("WARNING")
    tokenizer = jieba.Tokenizer()
    # jieba unmarshals its cache on trust, so that it must not lie in a directory others can write to.
    with tempfile.TemporaryDirectory() as private:
        tokenizer.tmp_dir = private
        tokenizer.initialize()
    vectorizer = TfidfVectorizer(
        tokenizer=tokenizer.lcut, token_pattern=None, lowercase=False, sublinear_tf=sublinear_tf
    )
    features = vectorizer.fit_transform([f"{row.subject}\n{row.text}" for row in rows])
    model.fit(features, [row.department for row in rows])
    return lambda texts: [str(label) for label in model.predict(vectorizer.transform(texts))]


def _accuracies(requests: "Sequence[Row]", messages: "Sequence[Row]") -> dict[str, Any]:
    """Learned from the requests and judged on the holdout; five grouped folds over the messages, and fewer of them."""
    from classifier.data import load
    from classifier.learn import measured
    from classifier.profile import Profile

    holdout = load([HOLDOUT])
    found: dict[str, Any] = {"ours": {"holdout": _shown(measured.on(holdout, requests, Profile.load(PROFILE)))}}
    for name, train in RIVALS.items():
        found[name] = {"holdout": {"macro_f1": _f1(_judged(holdout, train(requests)))}}
    if messages:
        found["ours"]["messages"] = _shown(measured.in_folds(messages))
        curve = {str(number): measured.in_folds(messages, number)["macro_f1"] for number in CURVE}
        found["ours"]["messages"]["macro_f1_from_rows"] = curve
        for name, train in RIVALS.items():
            pairs: list[tuple[str, str]] = []
            for inside, outside in measured.split(messages):
                pairs += _judged([messages[place] for place in outside], train([messages[place] for place in inside]))
            found[name]["messages"] = {"macro_f1": _f1(pairs)}
    return found


def _shown(metrics: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is counted for each class; of flags what is promised."""
    shown = {name: metrics[name] for name in SHOWN}
    if metrics["disposition"]:
        shown["disposition_macro_f1"] = metrics["disposition"]["macro_f1"]
    if "flags" in metrics:
        shown["flags"] = {
            code: {
                name: each[name]
                for name in ("n", "raised", "precision", "precision_interval", "recall", "recall_interval")
            }
            for code, each in metrics["flags"].items()
        }
    return shown


def _judged(rows: "Sequence[Row]", predict: Pipeline) -> list[tuple[str, str]]:
    said = predict([f"{row.subject}\n{row.text}" for row in rows])
    return [(row.department, code) for row, code in zip(rows, said, strict=True)]


def _f1(judged: Sequence[tuple[str, str]]) -> float:
    from sklearn.metrics import f1_score

    truth, said = zip(*judged, strict=True)
    return round(float(f1_score(truth, said, average="macro")), 4)
