"""What applicants are told by message: of what, by which way, and what became of a message."""

from intake_api.terms.vocabulary import Term, Vocabulary

# Ways to an address that the applicant has confirmed; every other message goes to a chat. `sms` is whatever stands
# behind the office's own address for messages (settings MESSAGES_URL, MESSAGES_NAME).
POSTS = Vocabulary(
    Term(code="email", label="电子邮件"),
    Term(code="sms", label="短信"),
)
POSTED = tuple(POSTS)
# `label`: what it is to staff; `citizen`: its heading, which a lock screen may show.
TELLINGS = Vocabulary(
    Term(code="confirm", label="请申请人确认", citizen="请确认：用它接收申请 {number} 的办理进展"),
    Term(code="receipt", label="登记回执", citizen="申请 {number} 已经登记"),
    Term(code="news", label="办理进展", citizen="申请 {number} 有新的进展"),
    Term(code="overdue", label="超过答复期限", citizen="申请 {number} 的答复期限有新的情况"),
    Term(code="code", label="重设查询码", citizen="重设申请 {number} 的查询码"),
)
REPEATABLE = ("receipt", "news", "overdue")  # the others hold a link that is used once
AT_ONCE = ("confirm", "code")  # the citizen waits for it, by night too
RESULTS_OF_TELLING = Vocabulary(
    Term(code="refused", label="对方拒收"),
    Term(code="bounced", label="退信，没有送到"),
    Term(code="stopped", label="申请人已经停用"),
    Term(code="nobody", label="原来的对话已经不在"),
    Term(code="blocked", label="申请人停用了对话，恢复以后再发"),
    Term(code="given_up", label="一个月没有发出，不再发送"),
    Term(code="later", label="对方暂时不收，稍后再发"),
    Term(code="unreachable", label="发送服务暂时不通，恢复以后再发"),
    Term(code="doubtful", label="没有回音，可能已经收到，会再发一次"),
)
CONFIRM = (
    "我们收到一份政府信息公开申请，填表时留下了这里作为接收进展的联系方式。"
    "是您本人的，请打开链接确认；不是的，不用理会，我们不会再发。"
)
OVERDUE = (
    "答复期限（{due}）已经过了，我们还没有答复，向您致歉。您可以打电话催办{phone}；也可以向上一级行政机关或者政府信息公开"
    "工作主管部门投诉、举报，或者依法申请行政复议，对复议决定不服的可以提起行政诉讼。"
)
CODE = (
    "有人在网上请求重设这件申请的查询码。是您本人的，请在 {minutes} 分钟内打开链接，取得新的查询码，原来的随即停用；"
    "不是的，不用理会。"
)
