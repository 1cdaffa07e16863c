"""Where a case stands (状态), how urgent it is, and the lists in which the queue shows it (待办列表的分类)."""

from dataclasses import dataclass
from typing import Literal

from intake_api.terms.vocabulary import Term, Vocabulary

Urgency = Literal["overdue", "soon", "later", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Term):
    """A state of a case; `open`: it is still to be answered. `statute.progress` says it to the applicant.

    `counts`: the case is one in reports; of a request that was split its parts are, or it is again.
    """

    open: bool = True
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab(Term):
    """A list of the queue: what it asks for, by the names of the interface's parameters."""

    status: str = ""
    due: Literal["", "overdue", "soon"] = ""

    @property
    def asks(self) -> dict[str, str]:
        """The parameters, those that are not empty."""
        return {name: value for name, value in (("status", self.status), ("due", self.due)) if value}


# The order is the precedence: of the states that hold at a time, the first is the state of the case.
STATUSES = Vocabulary(
    Status(code="closed", label="已归档", open=False),
    Status(code="merged", label="已并回", citizen="已并回办理", open=False, counts=False),
    Status(code="split", label="已分件", citizen="已分开办理", open=False, counts=False),
    Status(code="withdrawn", label="已撤回", open=False),
    Status(code="lapsed", label="不再处理", open=False),
    Status(code="answered", label="已答复", open=False),
    Status(code="registered", label="待确认收到", citizen="已登记"),
    Status(code="clarifying", label="待补正"),
    Status(code="awaiting_fee", label="待缴费"),
    Status(code="consulting", label="征求意见中"),
    Status(code="handling", label="办理中"),
    Status(code="received", label="待分办", citizen="已收到"),
)
CITIZENS_STATUS = STATUSES.words("citizen")
"""What applicants read: who is at the desk next is the clerks' matter."""
UNCOUNTED = tuple(state.code for state in STATUSES.values() if not state.counts)
URGENCIES = Vocabulary(
    Term(code="overdue", label="已超期"),
    Term(code="soon", label="即将到期"),
    Term(code="later", label="未到期"),
    Term(code="none", label="没有期限"),
)
# In the order of the page; the first is the one that opens.
TABS = Vocabulary(
    Tab(code="new", label="待确认", status="new"),
    Tab(code="open", label="未办结", status="open"),
    Tab(code="soon", label=URGENCIES["soon"].label, due="soon"),
    Tab(code="overdue", label=URGENCIES["overdue"].label, due="overdue"),
    Tab(code="all", label="全部"),
)
# Lists that are wanted at one press (常用筛选), whatever the tab.
MARKS = Vocabulary(
    Term(code="supplemented", label="补正到了"),
    Term(code="doubtful", label="拿不准"),
    Term(code="published", label="可能已公开"),
)
