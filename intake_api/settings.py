"""Settings: environment variables with the prefix GONGKAI_, or a `.env` file (docs/settings.md)."""

import difflib
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from intake_api import setting_rules
from intake_api.kit.addresses import Networks, networks
from intake_api.kit.errors import Failure
from intake_api.terms.assessment import weights_of
from intake_api.terms.handling import roles_of

PREFIX = "GONGKAI_"
RESERVED = {f"{PREFIX}IMAP_URL"}  # named in docs/contract.md, not a setting until something reads mail; never refused
DEMO_SECRET = "demo-secret-for-trying-out-only"  # noqa: S105 - known on purpose, refused without --demo


class Settings(BaseSettings):
    """All settings of the product; build it with `load`, once, in the composition root."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    data: Path = Field(Path("./data"), description="数据目录：SQLite 数据库、密钥、模型、附件")
    database_url: SecretStr | None = Field(None, description="默认用数据目录中的 SQLite；或 postgresql://…")
    redis_url: SecretStr | None = Field(None, description="多进程时对话状态和限流的共享存储")
    secret_key: SecretStr | None = Field(None, description="主密钥；不设则首次启动时在数据目录 keys/ 中生成")
    telegram_token: SecretStr | None = Field(None, description="设置后启用 Telegram 渠道")
    telegram_api: str = Field("https://api.telegram.org", description="Bot API 的基址")
    webhook_secret: SecretStr | None = Field(None, description="webhook 的 secret_token")
    profile: Path | None = Field(None, description="部门目录文件；默认用自带的 training_data/departments.toml")
    public_url: str | None = Field(
        None, description="对外网址，用于回执、邮件和 Telegram 消息中的链接；不设则不给申请人发邮件"
    )
    host: str = Field("127.0.0.1", description="监听地址")
    port: int = Field(8000, ge=0, le=65535, description="监听端口")
    smtp_url: SecretStr | None = Field(
        None,
        description="发信服务器（申请人的进展邮件、催办邮件）：smtp://用户:口令@主机:587 或 smtps://…:465；"
        "不设则不发邮件，只在办理系统中提醒",
    )
    mail_from: str | None = Field(None, description="发件人地址；默认用部门目录中受理机关的电子邮箱")
    reminders: Literal["on", "off"] = Field("on", description="off：不发催办邮件")
    reminder_hours: str = Field(
        "09:00-17:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description="工作日的哪段时间发催办邮件（北京时间）",
    )
    messages_url: SecretStr | None = Field(
        None, description="短信等其他渠道的网关地址，用签名的 JSON 转交（docs/channels.md）；不设则不提供"
    )
    messages_secret: SecretStr | None = Field(None, description="给网关的消息签名所用的密钥；与 MESSAGES_URL 一起设")
    messages_name: str = Field("短信", min_length=1, max_length=10, description="网关这种渠道叫什么，给申请人看")
    quiet_hours: str = Field(
        "22:00-07:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description="夜里不发进展消息的时段（北京时间），申请人正在等的除外；在 Telegram 中静音发出；起止相同则不限",
    )
    trusted_proxies: str = Field(
        "", description="可信反向代理的地址或网段，逗号分隔；只信它们的 X-Forwarded-For 和 X-Forwarded-Proto"
    )
    backups: Path | None = Field(
        None, description="备份目录：每天夜里、升级之前自动备份到这里，最好在另一块磁盘上；不设则不自动备份"
    )
    backups_kept: int = Field(14, ge=1, le=3650, description="备份目录中保留几份自动的备份，更旧的删去")
    metrics_from: str = Field(
        "127.0.0.1, ::1", description="谁可以读 /metrics（Prometheus 指标）：地址或网段，逗号分隔；默认只有本机"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="日志级别")
    confirm_internet: Literal["auto", "staff"] = Field(
        "auto", description="staff：网上申请须工作人员确认后才起算期限（条例第三十一条第三项）"
    )
    secrecy_review: Literal["off", "one", "two"] = Field(
        "off", description="公开之前的保密审查：one 由承办部门审查，two 再由办公室审查；off 不在本系统中审查"
    )
    sign_off: Literal["off", "department", "office"] = Field(
        "off", description="答复之前的签批：department 由部门负责人签批，office 再由办公室审核；off 不在本系统中签批"
    )
    letters: Literal["here", "elsewhere"] | None = Field(
        None,
        description="文书在哪里制发：here 在本系统，elsewhere 在别处（记文号和日期）；设了以后，没有文书又不写理由的"
        "步骤不能记录。不设：办理页面照 here 询问，程序可以不带文书记录，年度报告发布前列出没有文书的答复",
    )
    letter_head: Literal["off", "red"] = Field(
        "off", description="文书的版头：red 在首页印红色的发文机关标志和分隔线，off 不印（用印好版头的纸）"
    )
    letter_seal: Literal["on", "off"] = Field(
        "on", description="文书的落款：on 留出印章的位置，成文日期右空四字；off 不加盖印章，署名右空二字"
    )
    remedy_partial: Literal["split", "choice", "review_first"] = Field(
        "split",
        description="部分公开的救济告知（法律没有明文）：split 不予公开部分复议前置，其余可复议可诉讼；"
        "choice 都可选；review_first 都先复议",
    )
    remedy_register: Literal["choice", "review_first"] = Field(
        "choice", description="行政查询事项（第三十六条第七项）的救济告知：choice 可复议可诉讼；review_first 先复议"
    )
    fees: Literal["off", "items", "pages"] = Field(
        "off", description="信息处理费（第四十二条）：items 按件计收，pages 按量计收，off 不收费"
    )
    fee_count: Literal["agency", "all"] = Field(
        "agency", description="按件计收时同一申请人的件数：agency 在每个机关分别累计，all 在各机关合并累计"
    )
    late_clarification: Literal["continues", "restarts"] = Field(
        "continues",
        description="超过七个工作日才告知补正的（第三十条没有规定后果）：continues 期限不重新计算，"
        "restarts 照样重新计算；改动之后运行 gongkai rebuild",
    )
    department_entry: Literal["off", "on"] = Field(
        "off", description="限于一个部门的账号能否录入当面、邮寄等方式提出的申请；off 只由办公室录入"
    )
    second_factor: str = Field(
        "optional",
        description="登录时的动态码：optional 各人自便，required 人人都要，或者写明哪些岗位要"
        "（clerk、officer、reviewer、admin，用逗号分隔）；没有的先启用才能办理",
    )
    submissions_per_minute: int = Field(120, ge=1, description="每个地址每分钟可提交的申请数")
    retrain: Literal["off", "propose", "promote"] = Field(
        "propose", description="每周用已答复的申请训练：off 不训练，propose 只提出新模型，promote 比较通过即启用"
    )
    assessment: str = Field(
        "on_time=40,not_returned=20,not_corrected=30,satisfaction=10",
        description="通报中各部门考核得分的权重：按期答复、未退回重新分办、未被复议诉讼纠正、满意度；没有写的一项不计",
    )
    demo: bool = Field(False, description="演示模式（由 serve --demo 设置）")

    @field_validator("reminder_hours")
    @classmethod
    def _opens_before_it_closes(cls, hours: str) -> str:
        opening, closing = hours.split("-")
        if opening >= closing:
            raise ValueError("的结束时间应晚于开始时间")
        return hours

    @field_validator(
        "secret_key",
        "trusted_proxies",
        "metrics_from",
        "second_factor",
        "public_url",
        "telegram_api",
        "smtp_url",
        "messages_url",
        "messages_secret",
        "redis_url",
        "database_url",
        "mail_from",
        "telegram_token",
        "webhook_secret",
        "assessment",
    )
    @classmethod
    def _can_work(cls, value: Any, info: ValidationInfo) -> Any:
        name = info.field_name or ""
        rule = getattr(setting_rules, "web_address" if name in ("public_url", "telegram_api", "messages_url") else name)
        if value is None:
            return None
        return SecretStr(rule(value.get_secret_value())) if isinstance(value, SecretStr) else rule(value)

    @classmethod
    def load(cls, overrides: Mapping[str, object] | None = None) -> Self:
        """Settings from the environment, `.env` and explicit overrides (None means not given).

        Raises Failure `settings_invalid` for an unknown GONGKAI_ name (with the nearest known one) or a bad value,
        and `demo_secret` where the demo's known key would protect real data.
        """
        try:
            _refuse_unknown({**dotenv_values(".env"), **os.environ})
            settings = cls(**{k: v for k, v in (overrides or {}).items() if v is not None})  # type: ignore[arg-type]  # values come from typed CLI options
        except UnicodeDecodeError:
            raise Failure("settings_invalid", reason=".env 文件应为 UTF-8 编码。") from None
        except ValidationError as error:
            raise Failure("settings_invalid", reason="；".join(_wrong(error)) + "。") from None
        if settings.secret("secret_key") == DEMO_SECRET and not settings.demo:
            raise Failure("demo_secret")
        return settings

    def secret(self, name: str) -> str | None:
        """The plain value of a secret setting; None where it is not set."""
        value = getattr(self, name)
        return value.get_secret_value() if isinstance(value, SecretStr) else None

    @cached_property
    def proxies(self) -> Networks:
        """The addresses of our own proxies."""
        return networks(self.trusted_proxies)

    @cached_property
    def watchers(self) -> Networks:
        """Who may read the figures of the product."""
        return networks(self.metrics_from)

    @cached_property
    def weights(self) -> Mapping[str, int]:
        """How much each part of an assessment weighs."""
        return weights_of(self.assessment)

    @cached_property
    def factor_roles(self) -> tuple[str, ...]:
        """The roles that have to have a second factor."""
        return roles_of(self.second_factor)

    @property
    def database(self) -> str:
        """SQLAlchemy URL with its async driver."""
        url = self.secret("database_url")
        if url is None:
            return f"sqlite+aiosqlite:///{(self.data / 'gongkai.db').absolute()}"
        for plain, driver in (
            ("postgresql://", "postgresql+psycopg://"),
            ("postgres://", "postgresql+psycopg://"),
            ("sqlite://", "sqlite+aiosqlite://"),
        ):
            if url.startswith(plain):
                url = driver + url.removeprefix(plain)
        return url


def _wrong(error: ValidationError) -> list[str]:
    """What is wrong with each setting, without its value."""
    details = error.errors(include_input=False, include_url=False)
    own = [(str(one["loc"][0]).upper(), one.get("ctx", {}).get("error")) for one in details]
    return [f"{PREFIX}{name} {reason}" if reason else f"{PREFIX}{name} 的值不正确" for name, reason in own]


def _refuse_unknown(environ: Mapping[str, str | None]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} - {f"{PREFIX}DEMO"}
    for name in environ:
        if name.startswith(PREFIX) and name not in known | RESERVED:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)
            raise Failure("settings_invalid", reason=f"没有名为 {name} 的设置，您是不是要写 {near[0]}？")
