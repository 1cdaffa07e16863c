"""Linear machines over weighed terms. scikit-learn and scipy are imported here and nowhere else."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.text.features import Document, Floats, Ints, Rows, Vocabulary, batches

C = 0.5
# A hundred times liblinear's own, for less than half the time; of 4,713 messages none was suggested otherwise.
TOLERANCE = 0.01
# Occurrences spread evenly over the classes before any is counted: what stood once says little.
_PRIOR = 0.2


def count(vocabulary: Vocabulary, documents: Sequence[Document]) -> Any:
    """Give sublinear counts of documents as a scipy matrix (documents, terms)."""
    from scipy.sparse import csr_matrix, vstack

    counts = [vocabulary.count(batch) for batch in batches(documents)]
    return vstack(
        [
            csr_matrix((each.value, each.index, each.pointers), shape=(len(each.pointers) - 1, len(vocabulary)))
            for each in counts
        ],
        format="csr",
    )


def weigh(vocabulary: Vocabulary, counts: Any, weight: Floats) -> Any:
    """Give the matrix with its values weighed as serving weighs them."""
    from scipy.sparse import csr_matrix

    values = vocabulary.weigh(Rows(counts.indptr, counts.indices, counts.data), weight)
    return csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)


def specificity(counts: Any, truth: Ints) -> Floats:
    """How much each term tells of the class (terms,), 0 to 1: 征地 much, 请问 nothing.

    The square root of one minus the entropy of the classes given the term, every class as frequent as another.
    """
    from scipy.sparse import csr_matrix

    classes, column = np.unique(truth, return_inverse=True)
    owner = csr_matrix((np.ones(len(truth)), (column, np.arange(len(truth)))))
    present = csr_matrix((np.ones(counts.nnz), counts.indices, counts.indptr), shape=counts.shape)
    share = (owner @ present).toarray() + _PRIOR / len(classes)
    share /= np.bincount(column)[:, None] + _PRIOR
    share /= share.sum(axis=0)
    entropy = -(share * np.log(share)).sum(axis=0) / np.log(len(classes))
    return np.asarray(np.sqrt(np.maximum(1 - entropy, 0)))


def machine(
    features: Any, truth: Ints, classes: int, seed: int, also: NDArray[np.bool_] | None = None
) -> tuple[Floats, Floats]:
    """Coefficients (terms, classes) and intercepts of a linear SVM, one class against the rest, classes balanced.

    A class without a row gets the margin of a certain no. `also` (rows, classes): classes that are right for a row
    beside its truth; their machines are taught without the row, which is no example against them.
    """
    from sklearn.svm import LinearSVC

    present = np.unique(truth)
    coef, intercept = np.zeros((features.shape[1], classes)), np.full(classes, -1.0)
    if also is not None and also.any():
        for column in present:
            rows = ~also[:, column]
            if (truth[rows] == column).all():  # nothing else would be left to tell it from
                rows = np.ones(len(truth), bool)
            weight = {True: len(truth) / (len(present) * (truth == column).sum()), False: 1.0}
            one = LinearSVC(C=C, tol=TOLERANCE, class_weight=weight, random_state=seed)
            one.fit(features[rows], truth[rows] == column)
            coef[:, column], intercept[column] = one.coef_[0], one.intercept_[0]
        return coef, intercept
    fitted = LinearSVC(C=C, tol=TOLERANCE, class_weight="balanced", random_state=seed).fit(features, truth)
    two = len(present) == 2
    coef[:, present] = np.vstack((-fitted.coef_, fitted.coef_)).T if two else fitted.coef_.T
    intercept[present] = np.concatenate((-fitted.intercept_, fitted.intercept_)) if two else fitted.intercept_
    return coef, intercept


def switches(
    features: Any, truth: NDArray[np.bool_], seed: int, beside: Mapping[int, Floats]
) -> tuple[Floats, Floats, dict[int, Floats]]:
    """Coefficients (terms, columns) and intercepts of a linear SVM for each column of `truth` (rows, columns).

    `beside` (rows, own) are further features of some columns alone, whose coefficients (own,) come third.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.svm import LinearSVC

    terms = features.shape[1]
    coef, intercept = np.zeros((terms, truth.shape[1])), np.full(truth.shape[1], -1.0)
    extra = {column: np.zeros(own.shape[1]) for column, own in beside.items()}
    for column in np.flatnonzero(truth.any(axis=0) & ~truth.all(axis=0)).tolist():
        seen = hstack((features, csr_matrix(beside[column])), format="csr") if column in beside else features
        fitted = LinearSVC(C=C, tol=TOLERANCE, random_state=seed).fit(seen, truth[:, column])
        coef[:, column], intercept[column] = fitted.coef_[0, :terms], fitted.intercept_[0]
        if column in beside:
            extra[column] = fitted.coef_[0, terms:]
    return coef, intercept, extra
