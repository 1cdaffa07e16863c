"""What an office keeps on a case beside what the applicant sent in: which paper it is, and who may see it."""

from typing import Literal

from intake_api.terms.vocabulary import Term, Vocabulary

Paper = Literal["letter", "opinion", "proof", "released", "approval", "proceeding", "other"]
Visible = Literal["office", "department", "applicant"]

ADDED = "paper_added"  # the entry of the record

PAPERS = Vocabulary(
    Term(code="letter", label="在别处制发的文书", citizen="文书"),
    Term(code="opinion", label="第三方或者其他机关的意见"),
    Term(code="proof", label="送达凭证"),
    Term(code="released", label="公开的材料"),
    Term(code="approval", label="审签、会签材料"),
    Term(code="proceeding", label="复议、诉讼材料"),
    Term(code="other", label="其他材料"),
)
# Who may see a paper; each sees what those before it do.
VISIBILITY = Vocabulary(
    Term(code="office", label="仅政务公开办"),
    Term(code="department", label="承办部门也可见"),
    Term(code="applicant", label="申请人也可见"),
)
