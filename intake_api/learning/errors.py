"""The one error of the learning loop; light, because the command line knows it before anything else is imported."""

from intake_api.kit.errors import Failure


class StepRefused(Failure):
    """A step with a model that cannot be taken (`model_step_refused`); `why` is the classifier's own code for it."""

    def __init__(self, why: str, reason: str) -> None:
        super().__init__("model_step_refused", reason=reason)
        self.why, self.reason = why, reason
