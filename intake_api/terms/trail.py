"""What the audit trail (操作留痕) names: acts on the installation that belong to no case."""

from intake_api.terms.vocabulary import Term, Vocabulary

TRAIL = Vocabulary(
    Term(code="signed_in", label="登录"),
    Term(code="password_changed", label="修改密码"),
    Term(code="account_made", label="新建账号"),
    Term(code="account_changed", label="修改账号"),
    Term(code="account_disabled", label="停用账号"),
    Term(code="account_enabled", label="启用账号"),
    Term(code="password_reset", label="重设密码"),
    Term(code="factor_set", label="启用动态码"),
    Term(code="factor_reset", label="取消动态码"),
    Term(code="session_ended", label="结束一处登录"),
    Term(code="sessions_ended", label="结束全部登录"),
    Term(code="away_set", label="登记外出和代理人"),
    Term(code="away_ended", label="取消外出"),
    Term(code="acting_began", label="开始代理"),
    Term(code="acting_ended", label="结束代理"),
    Term(code="backup_asked", label="要求备份"),
    Term(code="calendar_imported", label="导入放假安排"),
    Term(code="calendar_day_set", label="设定本地的放假和上班"),
    Term(code="model_retrained", label="要求训练模型"),
    Term(code="model_promoted", label="启用模型"),
    Term(code="model_rolled_back", label="退回原来的模型"),
    Term(code="answer_released", label="答复转为主动公开"),
    Term(code="release_undone", label="撤回主动公开的答复"),
    Term(code="chain_checked", label="核对记录"),
)
TRAIL_FIELDS = Vocabulary(
    Term(code="role", label="岗位"),
    Term(code="department", label="部门"),
    Term(code="person", label="姓名"),
    Term(code="way", label="方式"),
    Term(code="until", label="到"),
    Term(code="since", label="从"),
    Term(code="deputy", label="代理人"),
    Term(code="cases", label="件数"),
)
