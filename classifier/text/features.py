"""Words and characters as weighted terms, the same code for training and for serving, for one text or for many.

Three kinds of terms: words, character 1-2-grams, and the character 1-2-grams of the subject once more. Sublinear
counts times a weight each term, one vector of fixed length for each kind; with idf as weight this is scikit-learn's
TfidfVectorizer (a test holds the two equal). Terms are integers (classifier/text/keys.py), so that texts are counted by
numpy and not by a Python loop.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from classifier.text import keys
from classifier.text.lexicon import Lexicon, Table, code_points
from classifier.text.matter import matter
from classifier.text.segment import Segmenter
from classifier.text.text import normalise, simplified

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Length of the vector of words, of characters, of the subject's characters.
LENGTHS = np.array([1.0, 1.5, 0.75])
# Characters.
STEPS = np.array([8, 12, 18, 30, 60, 120, 250])
# Texts and characters counted at once: more are no faster and take more memory.
BATCH, BATCH_LENGTH = 256, 200_000
_SPACE, _LINE = 0x20, 0x0A


@dataclass(frozen=True)
class Document:
    """A message's matter, normalised and cut up: subject and body, a line between them, its words.

    `heading` is the subject's length. `said` is the whole message, normalised, the words of forms and letters among it;
    `source` are body and subject as they were written, with what is not the matter blanked.
    """

    text: str
    words: tuple[str, ...]
    heading: int
    said: str
    source: tuple[str, str]


def read(segmenter: Segmenter, text: str, subject: str = "", tidy: Callable[[str], str] = normalise) -> Document:
    """Find the matter of one message, normalise and cut it; `tidy` may do more than normalise (mask)."""
    text, subject = simplified(text), simplified(subject)
    source = matter(text), matter(subject)
    body, heading = map(tidy, source)
    joined = _joined(heading, body)
    said = joined if source == (text, subject) else _joined(tidy(subject), tidy(text))
    return Document(joined, tuple(segmenter.cut(joined)), len(heading), said, source)


def _joined(heading: str, body: str) -> str:
    return f"{heading}\n{body}" if heading else body


@dataclass(frozen=True)
class Rows:
    """Documents as compressed sparse rows: document d has the entries `pointers[d]` to `pointers[d + 1]`.

    `index` is an entry's term, ascending in a document, `value` what it counts for.
    """

    pointers: Ints
    index: Ints
    value: Floats


@dataclass(frozen=True)
class Counts(Rows):
    """Terms of some documents as they stand in them; `value` is one plus the logarithm of the term's count.

    `known` is the number of different known words in each document, `known_share` the share of known words among all
    words of two characters and more. `positions` are the first characters of all occurrences, entry by entry: those of
    entry e from `first[e]` to `first[e + 1]`.
    """

    known: Ints
    known_share: Floats
    first: Ints
    positions: Ints


@dataclass(frozen=True)
class Vocabulary:
    """The terms a model knows: words, then codes of characters, then those of subjects, codes ascending.

    `idf` is the smoothed logarithm of how rare each term is in the texts it was learned from.
    """

    words: dict[str, int]
    codes: Ints
    subject_codes: Ints
    idf: Floats

    def __len__(self) -> int:
        return len(self.idf)

    @cached_property
    def kinds(self) -> NDArray[np.int8]:
        """Kind of each term: WORD, CHARACTERS or SUBJECT of classifier/text/keys.py."""
        return np.repeat(np.arange(3, dtype=np.int8), [len(self.words), len(self.codes), len(self.subject_codes)])

    @cached_property
    def keys(self) -> Ints:
        """Every term as classifier/text/keys.py writes it, ascending."""
        words = np.arange(len(self.words))
        return np.concatenate(
            [
                keys.terms(keys.WORD, words),
                keys.terms(keys.CHARACTERS, self.codes),
                keys.terms(keys.SUBJECT, self.subject_codes),
            ]
        )

    @cached_property
    def pairs(self) -> Bools:
        """Which terms are character 2-grams."""
        return keys.are_pairs(self.keys)

    @classmethod
    def learn(
        cls, documents: Sequence[Document], prior: Sequence[Document] = (), groups: Sequence[str] | None = None
    ) -> Self:
        """Terms of at least two groups of documents, and every term of `prior` (duty lines), with idf over all of them.

        What only one applicant says, be it in ten applications, may be a name: no such term is learned. Without
        `groups` each document is one.
        """
        lexicon = Lexicon(sorted({word for each in (*documents, *prior) for word in each.words if len(word) > 1}))
        found, frequency = np.unique(_terms([*documents, *prior], lexicon), return_counts=True)
        said, by_groups = np.unique(_terms(documents, lexicon, groups), return_counts=True)
        kept = np.isin(found, np.concatenate((said[by_groups > 1], _terms(prior, lexicon))))
        found, frequency = found[kept], frequency[kept]
        kinds, codes = keys.kinds(found), keys.codes(found)
        words = {lexicon.words[code]: place for place, code in enumerate(codes[kinds == keys.WORD].tolist())}
        idf = np.log((1 + len(documents) + len(prior)) / (1 + frequency)) + 1
        return cls(words, codes[kinds == keys.CHARACTERS], codes[kinds == keys.SUBJECT], idf)

    def count(self, documents: Sequence[Document]) -> Counts:
        """Count the known terms of some documents."""
        found = _occurrences(documents, self.lexicon)
        index, known = self.table.find(keys.terms_of(found.keys))
        entries = keys.owners(found.keys[known]) * len(self) + index[known]
        entries, positions = _sorted_together(entries, found.positions[known])
        fresh = np.ones(len(entries), bool)
        np.not_equal(entries[1:], entries[:-1], out=fresh[1:])
        first = np.append(fresh.nonzero()[0], len(entries))
        rows, index = np.divmod(entries[first[:-1]], max(len(self), 1))
        return Counts(
            pointers=np.searchsorted(rows, np.arange(len(documents) + 1)),
            index=index,
            value=1 + np.log(first[1:] - first[:-1]),
            known=np.bincount(rows[index < len(self.words)], minlength=len(documents)),
            known_share=found.known_share,
            first=first,
            positions=positions,
        )

    @cached_property
    def table(self) -> Table:
        """All terms, to be found by their keys."""
        return Table(self.keys)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words alone, to be found by their characters."""
        return Lexicon(tuple(self.words))

    def weigh(self, rows: Rows, weight: Floats) -> Floats:
        """Values of all entries times `weight` (one each term), each kind of a document brought to its length."""
        values = rows.value * weight[rows.index]
        number = len(rows.pointers) - 1
        kinds = self.kinds[rows.index]
        vector = np.repeat(np.arange(0, 3 * number, 3), rows.pointers[1:] - rows.pointers[:-1]) + kinds
        norms = np.sqrt(np.bincount(vector, values * values, 3 * number))
        return np.asarray(values * (LENGTHS[kinds] / np.maximum(norms[vector], 1e-12)))


def sizes(documents: Sequence[Document]) -> Floats:
    """How long each text is, as so many steps climbed (n, len(STEPS)): what a few characters say is rarely clear."""
    return np.asarray(np.array([[len(each.text)] for each in documents]) > STEPS, np.float64)


def batches(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    """Give documents BATCH at a time, fewer where they are long: memory stays bounded."""
    first = length = 0
    for place, document in enumerate(documents):
        if place - first == BATCH or (place > first and length + len(document.text) > BATCH_LENGTH):
            yield documents[first:place]
            first, length = place, 0
        length += len(document.text)
    if first < len(documents):
        yield documents[first:]


def _cut(documents: Sequence[Document]) -> tuple[Ints, Ints, Ints]:
    """Characters of all documents, a line after each, and where their words stand: first character, width."""
    # Words are joined by a character that no normalised text has: one encoding tells the characters and the words.
    joined = code_points("".join(["\x00".join(document.words) + "\x00\n\x00" for document in documents]))
    (between,) = (joined == 0).nonzero()
    ends = between - np.arange(len(between))
    widths = np.diff(ends, prepend=0)
    return joined[joined != 0], ends - widths, widths


def _grams(characters: Ints) -> tuple[Ints, Ints]:
    """All character 1-grams, then 2-grams, as terms, and the position of each; none has a space."""
    solid = (characters != _SPACE) & (characters != _LINE)
    (ones,), (twos,) = solid.nonzero(), (solid[:-1] & solid[1:]).nonzero()
    codes = np.concatenate((characters[ones], keys.pairs(characters[twos], characters[twos + 1])))
    return keys.terms(keys.CHARACTERS, codes), np.concatenate((ones, twos))


def _terms(documents: Sequence[Document], lexicon: Lexicon, groups: Sequence[str] | None = None) -> Ints:
    """Each term as often as there are groups that have it; without `groups` each document is one."""
    owners = np.unique(groups, return_inverse=True)[1] if groups else np.arange(len(documents))
    parts, first = [np.empty(0, np.int64)], 0
    for batch in batches(documents):
        of_documents = _once(_occurrences(batch, lexicon).keys)
        group = owners[first + keys.owners(of_documents)]
        parts.append(keys.owned(group, keys.terms_of(of_documents)))
        first += len(batch)
    return keys.terms_of(_once(np.concatenate(parts)))


def _once(values: Ints) -> Ints:
    """Each value once, ascending; sorting is much faster than np.unique's hashing."""
    values.sort()
    return values[np.diff(values, prepend=-1) > 0]


def _sorted_together(entries: Ints, positions: Ints) -> tuple[Ints, Ints]:
    """Both, ascending by entry, then position: as one number each, because one sort is faster than np.lexsort's two."""
    shift = int(positions.max(initial=0)).bit_length()
    entries = entries << shift
    entries |= positions
    entries.sort()
    positions = entries & ((1 << shift) - 1)
    entries >>= shift
    return entries, positions


class _Occurrences(NamedTuple):
    """Every occurrence of a term in some documents: its key, its first character's place in the document.

    `known_share` is the share of known words in each document.
    """

    keys: Ints
    positions: Ints
    known_share: Floats


def _occurrences(documents: Sequence[Document], lexicon: Lexicon) -> _Occurrences:
    """Find all terms, a subject's characters twice.

    Of the words those in `lexicon`, which holds none of one character: these are among the characters already.
    """
    characters, starts, widths = _cut(documents)
    lengths = np.array([len(document.text) + 1 for document in documents], np.int64)
    headings = np.array([document.heading for document in documents], np.int64)
    begins = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(len(documents)), lengths)
    position = np.arange(len(owner)) - np.repeat(begins, lengths)
    grams, gram_at = _grams(characters)
    places = lexicon.find(characters, starts, widths)
    (known,), (long,) = (places >= 0).nonzero(), (widths > 1).nonzero()
    met, of = (np.bincount(owner[starts[some]], minlength=len(documents)) for some in (known, long))
    at, terms = np.concatenate((starts[known], gram_at)), np.concatenate((keys.terms(keys.WORD, places[known]), grams))
    if headings.any():
        (again,) = (position < np.repeat(headings, lengths))[gram_at].nonzero()
        at, terms = np.concatenate((at, gram_at[again])), np.concatenate((terms, keys.as_subjects(grams[again])))
    return _Occurrences(keys.owned(owner[at], terms), position[at], met / np.maximum(of, 1))
