"""Errors of the classifier: a stable code and a plain Chinese sentence, nothing of the text that caused them."""


class ClassifierError(Exception):
    """Something the caller can put right; `code` is stable, `message` is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class DataError(ClassifierError):
    """Rows that cannot be read or used; the message names file line and field."""


class ProfileError(ClassifierError):
    """A department directory (部门目录) that contradicts itself or lacks something."""


class ModelError(ClassifierError):
    """A model directory that is missing, damaged, foreign or not fit for the step asked."""
